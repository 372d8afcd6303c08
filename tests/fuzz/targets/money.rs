//! Any text as an amount of any currency: exact or refused; sums and shares never lose a cent.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pay::{Currency, Money};

fuzz_target!(|given: (&str, &str, &str)| {
    let (code, one, other) = given;
    let Ok(currency) = Currency::from_code(code) else { return };
    let Ok(one) = Money::parse(one, currency) else { return };
    assert_eq!(Money::parse(&one.to_decimal_string(), currency), Ok(one), "written and read back");
    assert_eq!(Money::from_decimal(one.to_decimal(), currency), Ok(one));
    let Ok(other) = Money::parse(other, currency) else { return };
    if let Ok(sum) = one.checked_add(other) {
        assert_eq!(sum.checked_sub(other), Ok(one), "what was added comes off again");
    }
});
