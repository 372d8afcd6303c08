//! The thorough way from three finders to a text: the grid is fitted to the grey picture, bent where it must be, and
//! read with a confidence for every module.

use super::contain::contained;
use super::decode::Content;
use super::finder::{Finder, Three};
use super::fit::Fit;
use super::lattice;
pub(crate) use super::lattice::Grey;
use super::layout::Layout;
use super::patch::{Patch, View};
use super::plane::{Plane, Point, Sheet};
use super::sample::Samples;
use super::wide::wide;
use crate::{Luma, Symbol, Symbology};

/// What came of three finders.
pub(crate) enum Outcome {
    /// A text.
    Read(Symbol),
    /// A grid that lies well, and no text: too much of it is hidden or wrong.
    Unread,
    /// No grid lies here.
    NoCode,
}

/// Agreement of known modules before anything is fitted, below which nothing is.
const PROMISING: f32 = 0.15;
/// Agreement of known modules from which on a flat grid is taken to lie on a code.
const LIES: f32 = 0.55;
/// The same where soft focus was taken out: what it leaves is far from black and white.
const LIES_SOFTLY: f32 = 0.3;
/// Agreement from which on it may do so once it is bent, and from which on a bent one is taken to do so.
const MAY_BE_BENT: f32 = 0.5;
const LIES_BENT: f32 = 0.65;
/// Versions tried around the one that distances tell, nearest first.
const VERSIONS_OFF: [i32; 5] = [0, -1, 1, -2, 2];

/// Reads the code of three finders.
pub(super) fn read(image: &Luma<'_>, three: &Three) -> Outcome {
    read_of(image, three, How { version: version_told(three), freedom: Freedom::Bent, light: Light::Clear })
}

/// Reads a code of which only grey shows the finders, in the picture as it is or once it was sharpened. It may have moved
/// while it was seen.
pub(super) fn read_grey(image: &Luma<'_>, sharp: Option<&Luma<'_>>, three: &Three) -> Outcome {
    let how = How { version: version_told(three), freedom: Freedom::Flat, light: Light::Moved };
    let Some(sharp) = sharp else { return read_of(image, three, how) };
    let Some(patch) = around(image, three, how.version) else { return Outcome::NoCode };
    read_of(sharp, three, How { light: Light::Sharpened(&|at| patch.grey(at)), ..how })
}

/// How a code is read.
#[derive(Clone, Copy)]
struct How<'a> {
    /// About.
    version: i32,
    freedom: Freedom,
    light: Light<'a>,
}

/// How far a grid may give way, and so what it costs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Freedom {
    /// As a plane: what a frame of a stream has time for.
    Flat,
    Bent,
}

/// What happened to the light of a picture.
#[derive(Clone, Copy)]
enum Light<'a> {
    /// Nothing that is known of.
    Clear,
    /// A blur was taken out; this is what the picture was made of.
    Sharpened(&'a Grey<'a>),
    /// The code may have moved while it was seen.
    Moved,
}

/// Reads a code of which three finders' middles are known, dark on light, and about how many modules a side has. Cheap:
/// the grid stays flat.
pub(crate) fn read_flat(image: &Luma<'_>, finders: [Point; 3], module: f32, modules: u32) -> Option<Symbol> {
    match laid_flat(image, None, finders, (module, modules)) {
        Outcome::Read(symbol) => Some(symbol),
        Outcome::Unread | Outcome::NoCode => None,
    }
}

/// The same, and whether a grid lies there. Where soft focus was taken out of the picture, the grid is laid on that, and
/// the modules are told apart in what it was made of.
pub(crate) fn laid_flat(
    picture: &Luma<'_>,
    soft: Option<&Grey<'_>>,
    finders: [Point; 3],
    (module, modules): (f32, u32),
) -> Outcome {
    let [top_left, top_right, bottom_left] = finders.map(|centre| Finder::torn(centre, module * 7.0));
    let three = Three { top_left, top_right, bottom_left, guessed: false };
    let Ok(version) = i32::try_from(modules.saturating_sub(17) / 4) else { return Outcome::NoCode };
    let light = soft.map_or(Light::Clear, Light::Sharpened);
    let how = How { version: version.clamp(1, 40), freedom: Freedom::Flat, light };
    contained(|| read_of(picture, &three, how)).unwrap_or(Outcome::NoCode)
}

/// How soft the focus of a code is whose finders' middles are about known: a deviation in modules.
pub(crate) fn softness(grey: &Grey<'_>, finders: [Point; 3], modules: u32) -> Option<f32> {
    let side = modules as usize;
    let far = side as f32 - 3.5;
    let homes = [[3.5, 3.5], [far, 3.5], [3.5, far]];
    let plane = Plane::affine(std::array::from_fn(|n| (homes[n], finders[n])))?;
    lattice::softness(grey, &Sheet::flat(plane, side), side)
}

fn read_of(picture: &Luma<'_>, three: &Three, How { version, freedom, light }: How<'_>) -> Outcome {
    let Some(patch) = around(picture, three, version) else { return Outcome::NoCode };
    let grey = |at: Point| patch.grey(at);
    let run_together: Option<&Grey<'_>> = match (light, freedom) {
        (Light::Sharpened(grey), _) => Some(grey),
        (Light::Moved, _) | (Light::Clear, Freedom::Bent) => Some(&grey),
        (Light::Clear, Freedom::Flat) => None,
    };
    let looks = Looks { patch: &patch, run_together, moved: matches!(light, Light::Moved) };
    let mut starts: Vec<(f32, Fit<'_>, &'static Layout, [f32; 4])> = Vec::new();
    let [a, b, c] = [three.top_left, three.top_right, three.bottom_left]
        .map(|finder| if three.guessed && finder.ring.is_none() { 2.0 } else { 0.6 });
    for number in VERSIONS_OFF.iter().filter_map(|off| u32::try_from(version + off).ok()) {
        let Some(layout) = Layout::of(number) else { continue };
        let Some((plane, far)) = start(&patch, three, layout.side) else { continue };
        let fit = Fit::new(&patch, layout, plane);
        starts.push((fit.agreement(), fit, layout, [a, b, c, far]));
    }
    starts.sort_by(|a, b| b.0.total_cmp(&a.0));
    starts.retain(|start| start.0 > PROMISING);
    // Where one finder was not seen, too little is known to tell a bent code from none.
    let (least, lies) = match light {
        Light::Sharpened(_) => (LIES_SOFTLY, LIES_SOFTLY),
        _ if three.guessed => (LIES, LIES),
        Light::Clear | Light::Moved => (MAY_BE_BENT, LIES),
    };
    let mut laid = Vec::new();
    for (_, mut fit, layout, steps) in starts.into_iter().take(if three.guessed { 2 } else { FLAT_VERSIONS }) {
        fit.lay_flat(steps);
        let lies = fit.agreement() >= lies;
        if lies && let Some(symbol) = seen(&fit, looks, layout) {
            return Outcome::Read(symbol);
        }
        if freedom == Freedom::Flat && lies {
            // A grid that lies well is of the right version: another would lie no better, and the next frame comes soon.
            return Outcome::Unread;
        }
        laid.push((fit.agreement(), fit, layout));
    }
    laid.sort_by(|a, b| b.0.total_cmp(&a.0));
    let Some(best) = laid.first().map(|laid| laid.0).filter(|best| freedom == Freedom::Bent && *best >= least) else {
        return Outcome::NoCode;
    };
    // Around a bottle a grid of a wrong version may lie better than the right one as long as both are flat.
    let told = laid.first().and_then(|(_, fit, _)| fit.version_told()).and_then(Layout::of);
    match told.filter(|told| laid.iter().any(|(_, _, layout)| layout.side == told.side)) {
        Some(told) => laid.retain(|(_, _, layout)| layout.side == told.side),
        None => {
            let rival = if best < FLAT && !three.guessed { best * RIVAL } else { best };
            laid.retain(|laid| laid.0 >= rival);
        }
    }
    bent(laid, looks)
}

/// Lays grids of several versions ever more freely, until one can be read.
fn bent(laid: Vec<(f32, Fit<'_>, &'static Layout)>, looks: Looks<'_>) -> Outcome {
    let clear = Looks { run_together: None, ..looks };
    let bent = laid.into_iter().map(|(flat, mut fit, layout)| {
        fit.bend(layout);
        (fit.agreement(), fit, layout, flat)
    });
    let mut bent: Vec<_> = bent.filter(|bent| bent.0 >= LIES_BENT).collect();
    bent.sort_by(|a, b| b.0.total_cmp(&a.0));
    let Some(best) = bent.first().map(|bent| bent.0) else { return Outcome::NoCode };
    bent.retain(|bent| bent.0 > best * RIVAL_BENT);
    for (_, fit, layout, flat) in &mut bent {
        if let Some(symbol) = seen(fit, clear, layout) {
            return Outcome::Read(symbol);
        }
        fit.loosen();
        // What lies no better for all that was flat: its data are hidden or wrong.
        let gave = fit.agreement() > *flat + GIVES;
        if let Some(symbol) = if gave { seen(fit, clear, layout) } else { None } {
            return Outcome::Read(symbol);
        }
    }
    // What takes longest comes last.
    let (_, fit, layout, flat) = &bent[0];
    let last = if fit.agreement() > *flat + GIVES { apart(fit, looks, layout) } else { None };
    last.map_or(Outcome::Unread, Outcome::Read)
}

/// Agreement from which on a flat grid is of the right version; below, the shares of it from which on another may be the
/// right one, while both are flat and once both are bent.
const FLAT: f32 = 0.8;
const RIVAL: f32 = 0.7;
const RIVAL_BENT: f32 = 0.9;
/// Agreement that giving way brings at least to what is bent.
const GIVES: f32 = 0.02;
/// Versions of which a flat grid is laid.
const FLAT_VERSIONS: usize = 3;

/// In what modules are looked at.
#[derive(Clone, Copy)]
struct Looks<'a> {
    patch: &'a Patch,
    /// The picture before any soft focus was taken out, where there is time to tell modules apart.
    run_together: Option<&'a Grey<'a>>,
    /// Whether the code may have moved.
    moved: bool,
}

fn seen(fit: &Fit<'_>, looks: Looks<'_>, layout: &Layout) -> Option<Symbol> {
    let samples = Samples::take(looks.patch, &fit.sheet, layout.side);
    let plain = samples.plain().read(layout);
    let said = plain.or_else(|| samples.equalised(layout).read(layout)).or_else(|| samples.near().read(layout));
    said.map(|said| symbol(said, fit, layout)).or_else(|| apart(fit, looks, layout))
}

/// The same once modules that run together are told apart.
fn apart(fit: &Fit<'_>, looks: Looks<'_>, layout: &Layout) -> Option<Symbol> {
    let grey = looks.run_together?;
    let said = lattice::told(grey, &fit.sheet, layout).and_then(|soft| soft.read(layout));
    let moved = || lattice::told_moved(grey, &fit.sheet, layout)?.read(layout);
    let said = if looks.moved { said.or_else(moved) } else { said };
    said.map(|said| symbol(said, fit, layout))
}

fn symbol(said: Content, fit: &Fit<'_>, layout: &Layout) -> Symbol {
    let side = layout.side as f32;
    let corners = [[0.0, 0.0], [side, 0.0], [side, side], [0.0, side]].map(|corner| fit.sheet.at(corner));
    Symbol { bytes: said.bytes, text: said.text, symbology: Symbology::Qr, corners }
}

fn distance(a: Point, b: Point) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// The version that the distances between finders tell, in their own modules.
fn version_told(three: &Three) -> i32 {
    let Three { top_left, top_right, bottom_left, .. } = three;
    let modules = |a: &Finder, b: &Finder| {
        let module = (a.module_towards(b.centre) + b.module_towards(a.centre)) / 2.0;
        distance(a.centre, b.centre) / module.max(0.1)
    };
    let side = (modules(top_left, top_right) + modules(top_left, bottom_left)) / 2.0 + 7.0;
    (((side - 17.0) / 4.0).round() as i32).clamp(1, 40)
}

/// The part of the picture that holds the code, with some room for a plane that is not the one of three points.
fn around(image: &Luma<'_>, three: &Three, version: i32) -> Option<Patch> {
    let [a, b, c] = [three.top_left.centre, three.top_right.centre, three.bottom_left.centre];
    let far = [b[0] + c[0] - a[0], b[1] + c[1] - a[1]];
    let module = (distance(a, b) + distance(a, c)) / 2.0 / (10.0 + 4.0 * version as f32);
    let margin = 6.5 * module.max(three.top_left.size / 7.0) + 0.1 * distance(a, far);
    Patch::cut(image, &[a, b, c, far], margin, module, three.top_left.negative)
}

/// A plane to begin with, and how far the far corner may be off, in modules.
fn start(patch: &Patch, three: &Three, side: usize) -> Option<(Plane, f32)> {
    let far = side as f32 - 3.5;
    let homes: [(Point, &Finder); 3] =
        [([3.5, 3.5], &three.top_left), ([far, 3.5], &three.top_right), ([3.5, far], &three.bottom_left)];
    let centres = homes.map(|(home, finder)| (home, finder.centre));
    let rough = Plane::affine(centres)?;
    let mut pairs = centres.to_vec();
    for (home, finder) in homes {
        pairs.extend(finder.ring.map(|ring| corners_named(&rough, home, ring)).into_iter().flatten());
    }
    let traced = pairs.len() > 3 + 4;
    let plane = if traced { Plane::through(&pairs).unwrap_or(rough) } else { rough };
    if side == 21 {
        return Some((plane, if traced { 1.0 } else { 2.5 }));
    }
    let home = [side as f32 - 6.5; 2];
    match aligned(patch, &plane, home, if traced { 3.0 } else { 6.0 }) {
        Some(found) => {
            pairs.extend([(home, found); 6]);
            if !traced {
                pairs = [centres.as_slice(), &[(home, found)]].concat();
            }
            Some((Plane::through(&pairs)?, 1.0))
        }
        None => Some((plane, if traced { 1.5 } else { 3.0 })),
    }
}

/// A finder's ring corners, each with its place in modules: of all ways to walk around, the one nearest to where a
/// rough plane puts them.
fn corners_named(rough: &Plane, home: Point, ring: [Point; 4]) -> [(Point, Point); 4] {
    const WALK: [Point; 4] = [[-3.0, -3.0], [3.0, -3.0], [3.0, 3.0], [-3.0, 3.0]];
    let homes = WALK.map(|[x, y]| [home[0] + x, home[1] + y]);
    let ways = (0..8).map(|way| -> [(Point, Point); 4] {
        std::array::from_fn(|n| (homes[n], ring[if way < 4 { (n + way) % 4 } else { (way - n) % 4 }]))
    });
    let off =
        |pairs: &[(Point, Point); 4]| pairs.iter().map(|&(home, seen)| distance(rough.at(home), seen)).sum::<f32>();
    ways.min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or(homes.map(|home| (home, rough.at(home))))
}

/// How dark an alignment pattern is where it should be, and how light elsewhere, of its 25 modules together.
pub(super) fn alignment_pattern(view: &View<'_>, middle: Point) -> f32 {
    const RING: [i32; 25] = [1, 1, 1, 1, 1, 1, -1, -1, -1, 1, 1, -1, 1, -1, 1, 1, -1, -1, -1, 1, 1, 1, 1, 1, 1];
    wide!((view: &'w View<'w>, middle: Point) -> f32 {
        let across = std::array::from_fn::<_, 25, _>(|n| middle[0] + (n % 5) as f32 - 2.0);
        let seen = view.darknesses([across, std::array::from_fn(|n| middle[1] + (n / 5) as f32 - 2.0)]);
        seen.iter().zip(RING).map(|(seen, colour)| seen * colour as f32).sum()
    })
}

/// Where the alignment pattern is that should be around `home`, searched within `reach` modules.
fn aligned(patch: &Patch, plane: &Plane, home: Point, reach: f32) -> Option<Point> {
    let view = patch.view(plane);
    // Nearer is likelier: data can look like the pattern too.
    let agreement = |at: Point| alignment_pattern(&view, at) / 25.0 - 0.03 * distance(at, home);
    let search = |middle: Point, steps: i32, step: f32| {
        let tries = (-steps..=steps).flat_map(|y| (-steps..=steps).map(move |x| [x, y]));
        let places = tries.map(|[x, y]| [middle[0] + x as f32 * step, middle[1] + y as f32 * step]);
        places.map(|place| (agreement(place), place)).max_by(|a, b| a.0.total_cmp(&b.0))
    };
    let (_, coarse) = search(home, (reach / 0.7) as i32, 0.7)?;
    let (score, best) = search(coarse, 2, 0.25)?;
    (score > 0.4).then(|| plane.at(best))
}
