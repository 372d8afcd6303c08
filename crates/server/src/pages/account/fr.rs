use super::words::AccountWords;
use crate::pages::words::note;

/// French.
pub const FR: AccountWords = AccountWords {
    stale: note(
        "Ce lien n’est plus valable",
        "Il a déjà servi, ou son délai est passé. Demandez-en un autre dans l’application.",
    ),
    new_password: "Un nouveau mot de passe",
    new_password_text: |handle| {
        format!(
            "Pour @{handle}. Tous les appareils sont déconnectés et le demanderont. À lui seul, il ne laisse entrer aucun \
             nouvel appareil."
        )
    },
    password: "Nouveau mot de passe, 10 caractères ou plus",
    password_again: "Le même encore une fois",
    set_password: "Enregistrer le mot de passe",
    password_weak: "Trop facile à deviner. Dix caractères ou plus, sans votre nom ni votre adresse.",
    passwords_differ: "Les deux ne sont pas identiques.",
    password_set: note(
        "Le nouveau mot de passe est enregistré",
        "Tous les appareils ont été déconnectés. Reconnectez-vous dans l’application.",
    ),
    let_in: "Laisser entrer un nouvel appareil ?",
    let_in_text: |device, handle| format!("« {device} » demande le compte de @{handle}."),
    compare: "Votre nouvel appareil doit montrer exactement ces mots :",
    others_go_at_once: "Tous les autres appareils sortent aussitôt. À faire seulement s’il ne vous en reste aucun.",
    others_go_later: "Il entre après un délai, et tous les autres sortent alors. À faire seulement s’il ne vous en reste aucun.",
    let_it_in: "Les mots sont les mêmes : le laisser entrer",
    comes_in: |when| ("Confirmé", format!("L’appareil entre le {when}. D’ici là, on peut l’arrêter.")),
    is_in: note("Confirmé", "Retournez à votre nouvel appareil : il peut entrer maintenant."),
    stop: "Sortir cet appareil ?",
    stop_text: |device, handle| {
        format!("« {device} » dans le compte de @{handle}. Il sort aussitôt et ne peut pas revenir.")
    },
    stop_it: "Ce n’était pas moi : le sortir",
    stopped: note(
        "Il est sorti",
        "Changez maintenant de mot de passe : « Mot de passe oublié ? » dans l’application. Quelqu’un connaît le vôtre.",
    ),
    email: "Est-ce votre adresse ?",
    email_text: |address, handle| format!("Les e-mails au sujet de @{handle} arriveront à {address}."),
    confirm_email: "Oui, utiliser cette adresse",
    email_confirmed: note("Confirmée", "L’ancienne adresse a été prévenue et peut revenir en arrière pendant 7 jours."),
    email_taken: note("Cette adresse ne peut pas servir", "Un autre compte l’utilise."),
    undo: "Annuler le changement ?",
    undo_text: |address, handle| format!("Les e-mails au sujet de @{handle} arriveront de nouveau à {address}."),
    undo_it: "Ce n’était pas moi : annuler",
    undone: note(
        "Annulé",
        "Changez maintenant de mot de passe : « Mot de passe oublié ? » dans l’application. Quelqu’un connaît le vôtre.",
    ),
};
