use super::words::AccountWords;
use crate::pages::words::note;

/// Spanish.
pub const ES: AccountWords = AccountWords {
    stale: note("Este enlace ya no vale", "Ya se usó o pasó su tiempo. Pide otro en la aplicación."),
    new_password: "Una contraseña nueva",
    new_password_text: |handle| {
        format!(
            "Para @{handle}. Todos los dispositivos se cierran y la necesitarán. Por sí sola no deja entrar ninguno nuevo."
        )
    },
    password: "Contraseña nueva, de 10 caracteres o más",
    password_again: "La misma otra vez",
    set_password: "Poner la contraseña",
    password_weak: "Es demasiado fácil. Usa diez caracteres o más, y no tu nombre ni tu dirección.",
    passwords_differ: "No son iguales.",
    password_set: note(
        "La contraseña nueva está puesta",
        "Se cerraron todos los dispositivos. Vuelve a entrar en la aplicación.",
    ),
    let_in: "¿Dejar entrar un dispositivo nuevo?",
    let_in_text: |device, handle| format!("«{device}» quiere usar la cuenta de @{handle}."),
    compare: "Tu dispositivo nuevo tiene que mostrar exactamente estas palabras:",
    others_go_at_once: "Todos los demás dispositivos salen al momento. Hazlo solo si no te queda ninguno.",
    others_go_later: "Entra tras un tiempo de espera, y entonces salen todos los demás. Hazlo solo si no te queda ninguno.",
    let_it_in: "Las palabras coinciden: dejarlo entrar",
    comes_in: |when| ("Confirmado", format!("El dispositivo entra el {when}. Hasta entonces se puede parar.")),
    is_in: note("Confirmado", "Vuelve a tu dispositivo nuevo: ya puede entrar."),
    stop: "¿Sacar este dispositivo?",
    stop_text: |device, handle| {
        format!("«{device}» en la cuenta de @{handle}. Sale al momento y no puede volver a entrar.")
    },
    stop_it: "No fui yo: sacarlo",
    stopped: note(
        "Está fuera",
        "Ahora pon otra contraseña: «¿Olvidaste la contraseña?» en la aplicación. Alguien sabe la tuya.",
    ),
    email: "¿Es tuya esta dirección?",
    email_text: |address, handle| format!("Los correos sobre @{handle} llegarán a {address}."),
    confirm_email: "Sí, usar esta dirección",
    email_confirmed: note("Confirmada", "Se avisó a la dirección anterior, que puede deshacerlo durante 7 días."),
    email_taken: note("Esta dirección no se puede usar", "La usa otra cuenta."),
    undo: "¿Deshacer el cambio?",
    undo_text: |address, handle| format!("Los correos sobre @{handle} volverán a llegar a {address}."),
    undo_it: "No fui yo: deshacerlo",
    undone: note(
        "Deshecho",
        "Ahora pon otra contraseña: «¿Olvidaste la contraseña?» en la aplicación. Alguien sabe la tuya.",
    ),
};
