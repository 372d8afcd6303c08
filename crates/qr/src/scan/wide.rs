//! Loops over many pixels in the widest vectors the processor has, which is asked once: what is built runs everywhere.

/// Does what stands in the braces with them, given the names before it; `'w` is as long as they live. Functions that are
/// called there are always inlined, or they are as narrow as any.
macro_rules! wide {
    (($($name:ident: $type:ty),+) -> $out:ty { $($work:tt)* }) => {{
        struct Work<'w>($($type,)+ std::marker::PhantomData<&'w ()>);

        impl<'w> pulp::WithSimd for Work<'w> {
            type Output = $out;

            #[inline(always)]
            fn with_simd<S: pulp::Simd>(self, _: S) -> $out {
                let Work($($name,)+ _) = self;
                $($work)*
            }
        }

        pulp::Arch::new().dispatch(Work($($name,)+ std::marker::PhantomData))
    }};
}

pub(crate) use wide;
