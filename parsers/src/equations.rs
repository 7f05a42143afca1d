//! How a balance comes about, told in one line of amounts with signs between them:
//!
//! ```text
//! Total billed    Plan write-off    Plan payments    Your payments    Your balance
//! $237.96    -    $128.33     -     $87.70     -     $0.00      =     $21.93
//! ```
//! Its labels are those of columns, and its amounts stand under them; it says sums of the paper, and no service.

use crate::grammar::money;
use crate::table::{BodyLine, Role};

/// Makes such lines sums.
pub(crate) fn make_sums(lines: &mut [BodyLine]) {
    for line in lines.iter_mut().filter(|l| is_equation(&l.text)) {
        line.role = Role::Total;
    }
}

/// Amounts and signs in turn, the last sign saying what they come to.
fn is_equation(text: &str) -> bool {
    let parts: Vec<&str> = text.split_whitespace().filter(|w| *w != "$").collect();
    let alternate = parts.iter().enumerate().all(|(i, w)| if i % 2 == 0 { money::money(w).is_some() } else { is_sign(w) });
    parts.len() >= 5 && parts.len() % 2 == 1 && alternate && parts[parts.len() - 2] == "="
}

fn is_sign(text: &str) -> bool {
    matches!(text, "-" | "\u{2212}" | "\u{2013}" | "+" | "=")
}

#[cfg(test)]
mod tests {
    use super::is_equation;

    #[test]
    fn signs_between_amounts_make_an_equation() {
        assert!(is_equation("$237.96 - $128.33 - $87.70 = $21.93"));
        assert!(is_equation("$ 237.96 + $ 0.00 = $ 237.96"));
        assert!(!is_equation("237.96 128.33 87.70 21.93"));
        assert!(!is_equation("237.96 - 128.33"));
    }
}
