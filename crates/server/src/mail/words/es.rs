use super::{Facts, LetterWords, Piece};

fn whom_to_ask(facts: &Facts<'_>) -> String {
    if facts.contact.is_empty() { "quien administra tu servidor".into() } else { facts.contact.to_owned() }
}

/// Spanish.
pub const ES: LetterWords = LetterWords {
    new_password: Piece {
        subject: |f| format!("{}: pon una contraseña nueva", f.server),
        before: |f| {
            format!(
                "Alguien pidió una contraseña nueva para @{} en {}. Ponla aquí, en los próximos 30 minutos:",
                f.handle, f.host
            )
        },
        after: |_| {
            "Si no fuiste tú, no hagas nada: tu contraseña sigue igual y el enlace no abre ningún dispositivo.".into()
        },
    },
    password_changed: Piece {
        subject: |f| format!("{}: tu contraseña ha cambiado", f.server),
        before: |f| {
            format!(
                "Se cambió la contraseña de @{}. Todos los dispositivos se cerraron y necesitan la nueva.",
                f.handle
            )
        },
        after: |f| {
            format!(
                "Si no fuiste tú, pide otra en la aplicación («¿Olvidaste la contraseña?») y escribe a {}.",
                whom_to_ask(f)
            )
        },
    },
    let_in: Piece {
        subject: |f| format!("{}: ¿dejar entrar un dispositivo nuevo?", f.server),
        before: |f| {
            format!(
                "Un dispositivo que se llama «{}» quiere usar la cuenta de @{} y dice que no queda ningún otro. Sus \
                 cuatro palabras son:\n\n{}\n\nSi tu dispositivo nuevo muestra las mismas, déjalo entrar aquí, en la \
                 próxima hora:",
                f.device, f.handle, f.words
            )
        },
        after: |_| {
            "Si no fuiste tú, no hagas nada. Alguien sabe tu contraseña: pon otra con «¿Olvidaste la contraseña?» en \
             la aplicación."
                .into()
        },
    },
    coming_in: Piece {
        subject: |f| format!("{}: va a entrar un dispositivo nuevo, si no lo paras", f.server),
        before: |f| {
            format!(
                "«{}» se confirmó por correo. Entra en la cuenta de @{} el {}, y entonces salen todos los demás. ¿No \
                 fuiste tú, o encontraste el dispositivo viejo? Páralo aquí, o en la aplicación desde cualquiera de tus \
                 dispositivos:",
                f.device, f.handle, f.when
            )
        },
        after: |_| "Si fuiste tú, no hay nada que hacer.".into(),
    },
    came_in: Piece {
        subject: |f| format!("{}: un dispositivo nuevo", f.server),
        before: |f| {
            format!(
                "«{}» ya puede usar la cuenta de @{}; uno de tus dispositivos dijo que sí. ¿No fuiste tú? Sácalo aquí, en \
                 los próximos 7 días, y pon otra contraseña:",
                f.device, f.handle
            )
        },
        after: |_| String::new(),
    },
    came_in_alone: Piece {
        subject: |f| format!("{}: tu dispositivo nuevo ya entró", f.server),
        before: |f| {
            format!(
                "«{}» ya puede usar la cuenta de @{}. Todos los demás han salido y no pueden volver por sí solos. ¿No \
                 fuiste tú? Sácalo aquí, en los próximos 7 días, y pon otra contraseña:",
                f.device, f.handle
            )
        },
        after: |_| String::new(),
    },
    confirm_email: Piece {
        subject: |f| format!("{}: ¿es tuya esta dirección?", f.server),
        before: |f| {
            format!(
                "@{} en {} quiere recibir su correo en esta dirección. Confírmala aquí, en las próximas 24 horas:",
                f.handle, f.host
            )
        },
        after: |_| "Si no sabes nada de esto, no hagas nada: no llegarán más correos.".into(),
    },
    email_changed: Piece {
        subject: |f| format!("{}: otra dirección de correo", f.server),
        before: |f| {
            format!(
                "Desde ahora los correos sobre @{} van a otra dirección. ¿No fuiste tú? Deshazlo aquí, en los próximos 7 \
                 días:",
                f.handle
            )
        },
        after: |_| "Y pon otra contraseña: alguien sabe la tuya.".into(),
    },
    closed: Piece {
        subject: |f| format!("{}: tu cuenta está cerrada", f.server),
        before: |f| {
            format!(
                "La cuenta @{} se cerró. Tu nombre, tus direcciones, medios de pago y dispositivos se han borrado. Los \
                 pagos quedan en el libro por su número, y en los recibos de quienes te pagaron o cobraron de ti.",
                f.handle
            )
        },
        after: |f| format!("Si no fuiste tú, escribe a {}. Este ha sido el último correo.", whom_to_ask(f)),
    },
    foot: |f| format!("{} · {}\nNadie te pedirá nunca tu contraseña ni tu PIN por correo.", f.server, f.host),
};
