use super::{Facts, LetterWords, Piece};

fn whom_to_ask(facts: &Facts<'_>) -> String {
    if facts.contact.is_empty() { "qui administre votre serveur".into() } else { facts.contact.to_owned() }
}

/// French.
pub const FR: LetterWords = LetterWords {
    new_password: Piece {
        subject: |f| format!("{} : choisissez un nouveau mot de passe", f.server),
        before: |f| {
            format!(
                "Un nouveau mot de passe a été demandé pour @{} sur {}. Choisissez-le ici, dans les 30 minutes :",
                f.handle, f.host
            )
        },
        after: |_| {
            "Si ce n’était pas vous, ne faites rien : votre mot de passe ne change pas, et le lien n’ouvre aucun \
             appareil."
                .into()
        },
    },
    password_changed: Piece {
        subject: |f| format!("{} : votre mot de passe a changé", f.server),
        before: |f| {
            format!(
                "Le mot de passe de @{} a été changé. Tous les appareils ont été déconnectés et demandent le nouveau.",
                f.handle
            )
        },
        after: |f| {
            format!(
                "Si ce n’était pas vous, demandez-en un autre dans l’application (« Mot de passe oublié ? ») et écrivez \
                 à {}.",
                whom_to_ask(f)
            )
        },
    },
    let_in: Piece {
        subject: |f| format!("{} : laisser entrer un nouvel appareil ?", f.server),
        before: |f| {
            format!(
                "Un appareil nommé « {} » demande le compte de @{} et dit qu’il n’en reste aucun autre. Ses quatre mots \
                 sont :\n\n{}\n\nSi votre nouvel appareil montre les mêmes, laissez-le entrer ici, dans l’heure :",
                f.device, f.handle, f.words
            )
        },
        after: |_| {
            "Si ce n’était pas vous, ne faites rien. Quelqu’un connaît votre mot de passe : changez-le avec « Mot de \
             passe oublié ? » dans l’application."
                .into()
        },
    },
    coming_in: Piece {
        subject: |f| format!("{} : un nouvel appareil entre, sauf si vous l’arrêtez", f.server),
        before: |f| {
            format!(
                "« {} » a été confirmé par e-mail. Il entre dans le compte de @{} le {}, et tous les autres sortent \
                 alors. Ce n’était pas vous, ou vous avez retrouvé l’ancien ? Arrêtez-le ici, ou dans l’application sur \
                 l’un de vos appareils :",
                f.device, f.handle, f.when
            )
        },
        after: |_| "Si c’était vous, il n’y a rien à faire.".into(),
    },
    came_in: Piece {
        subject: |f| format!("{} : un nouvel appareil", f.server),
        before: |f| {
            format!(
                "« {} » peut maintenant utiliser le compte de @{} ; l’un de vos appareils a dit oui. Ce n’était pas vous ? \
                 Sortez-le ici, dans les 7 jours, et changez de mot de passe :",
                f.device, f.handle
            )
        },
        after: |_| String::new(),
    },
    came_in_alone: Piece {
        subject: |f| format!("{} : votre nouvel appareil est entré", f.server),
        before: |f| {
            format!(
                "« {} » peut maintenant utiliser le compte de @{}. Tous les autres sont sortis et ne peuvent pas revenir \
                 d’eux-mêmes. Ce n’était pas vous ? Sortez-le ici, dans les 7 jours, et changez de mot de passe :",
                f.device, f.handle
            )
        },
        after: |_| String::new(),
    },
    confirm_email: Piece {
        subject: |f| format!("{} : est-ce votre adresse ?", f.server),
        before: |f| {
            format!(
                "@{} sur {} veut recevoir ses e-mails à cette adresse. Confirmez-la ici, dans les 24 heures :",
                f.handle, f.host
            )
        },
        after: |_| "Si cela ne vous dit rien, ne faites rien : aucun autre e-mail ne viendra.".into(),
    },
    email_changed: Piece {
        subject: |f| format!("{} : une autre adresse e-mail", f.server),
        before: |f| {
            format!(
                "Les e-mails au sujet de @{} vont désormais à une autre adresse. Ce n’était pas vous ? Revenez en arrière \
                 ici, dans les 7 jours :",
                f.handle
            )
        },
        after: |_| "Changez aussi de mot de passe : quelqu’un connaît le vôtre.".into(),
    },
    closed: Piece {
        subject: |f| format!("{} : votre compte est fermé", f.server),
        before: |f| {
            format!(
                "Le compte @{} a été fermé. Votre nom, vos adresses, moyens de paiement et appareils sont effacés. Les \
                 paiements restent dans le livre sous leur numéro, et dans les reçus de ceux que vous avez payés ou qui \
                 vous ont payé.",
                f.handle
            )
        },
        after: |f| format!("Si ce n’était pas vous, écrivez à {}. C’était le dernier e-mail.", whom_to_ask(f)),
    },
    foot: |f| {
        format!(
            "{} · {}\nPersonne ne vous demandera jamais votre mot de passe ni votre PIN par e-mail.",
            f.server, f.host
        )
    },
};
