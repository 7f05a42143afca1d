//! Amounts in dollars as bills and EOBs print them.

use nom::branch::alt;
use nom::bytes::complete::{tag, tag_no_case, take_while_m_n};
use nom::character::complete::{alphanumeric1, char, digit1, one_of, space0};
use nom::combinator::{map, opt, recognize, value, verify};
use nom::multi::many1_count;
use nom::sequence::{pair, preceded, terminated};
use nom::{IResult, Parser};

use super::{digit_of, plain};
use crate::statement::Money;

/// More digits than any bill has; keeps the arithmetic in range.
const MAX_DIGITS: usize = 12;

fn digits(n: usize) -> impl Fn(&str) -> IResult<&str, &str> {
    move |i| take_while_m_n(n, n, |c: char| c.is_ascii_digit()).parse(i)
}

/// `1,234,567` or `1234567`; nothing at all before the point of `.50`.
fn whole(i: &str) -> IResult<&str, &str> {
    let grouped =
        recognize(pair(take_while_m_n(1, 3, |c: char| c.is_ascii_digit()), many1_count(preceded(char(','), digits(3)))));
    verify(alt((grouped, digit1)), |s: &str| s.len() <= MAX_DIGITS).parse(i)
}

/// Ends where no further digit or decimal part goes on.
fn ended(i: &str) -> IResult<&str, ()> {
    let mut rest = i.chars();
    let goes_on = match (rest.next(), rest.next()) {
        (Some(c), _) if c.is_ascii_digit() => true,
        (Some('.' | ','), Some(c)) => c.is_ascii_digit(),
        _ => false,
    };
    if goes_on { Err(nom::Err::Error(nom::error::Error::new(i, nom::error::ErrorKind::Digit))) } else { Ok((i, ())) }
}

/// Cents of an amount without its sign. With a dollar sign the cents may be left out.
fn unsigned(dollar: bool) -> impl Fn(&str) -> IResult<&str, i64> {
    move |i| {
        let cents = |w: &str, c: &str| -> i64 {
            let w: String = w.chars().filter(char::is_ascii_digit).collect();
            w.parse::<i64>().unwrap_or(0) * 100 + c.parse::<i64>().unwrap_or(0)
        };
        let (rest, w) = opt(whole).parse(i)?;
        match terminated(preceded(char('.'), digits(2)), ended).parse(rest) {
            Ok((rest, c)) => Ok((rest, cents(w.unwrap_or(""), c))),
            Err(_) if dollar && w.is_some() => {
                let (rest, ()) = ended(rest)?;
                Ok((rest, cents(w.unwrap_or(""), "0")))
            }
            Err(e) => Err(e),
        }
    }
}

fn amount(i: &str) -> IResult<&str, i64> {
    let (i, before) = opt(one_of("-+")).parse(i)?;
    let (i, _) = space0(i)?;
    let (i, dollar) = opt(terminated(char('$'), space0)).parse(i)?;
    let (i, between) = opt(terminated(one_of("-+"), space0)).parse(i)?;
    let (i, cents) = unsigned(dollar.is_some())(i)?;
    let negative = before == Some('-') || between == Some('-');
    Ok((i, if negative { -cents } else { cents }))
}

fn bracketed(i: &str) -> IResult<&str, i64> {
    let (i, dollar) = opt(terminated(char('$'), space0)).parse(i)?;
    let (i, _) = pair(char('('), space0).parse(i)?;
    let (i, cents) = match dollar {
        Some(_) => unsigned(true)(i)?,
        None => amount(i)?,
    };
    let (i, _) = pair(space0, char(')')).parse(i)?;
    Ok((i, -cents.abs()))
}

/// The sign behind the amount: `-`, `CR` for a credit, `DR` for a debit.
fn after(i: &str) -> IResult<&str, bool> {
    // `CR-45` behind an amount is the next adjustment's group, not this amount's sign.
    let ends = || nom::combinator::not(alt((alphanumeric1, recognize((opt(one_of("-: /*")), alphanumeric1)))));
    let word = |w: &'static str| preceded(space0, terminated(tag_no_case(w), ends()));
    alt((value(true, word("CR")), value(false, word("DR")), value(true, terminated(tag("-"), nom::combinator::not(digit1)))))
        .parse(i)
}

/// An amount at the start of a text.
pub(crate) fn leading_money(i: &str) -> IResult<&str, Money> {
    alt((
        map(pair(bracketed, opt(after)), |(c, _)| Money::from_cents(c)),
        map(pair(amount, opt(after)), |(c, credit)| Money::from_cents(if credit == Some(true) { -c.abs() } else { c })),
    ))
    .parse(i)
}

/// The amount that makes up the whole of `text`, with the sign that is printed.
///
/// Two decimals are required, unless a dollar sign stands before a whole number: `$1,234.50`, `1234.50`, `(12.00)`,
/// `12.00-`, `12.00CR`, `$-8.00`, `-$8.00`, `$(8.00)`, `$1,200`. Groups of thousands must be well formed.
pub fn money(text: &str) -> Option<Money> {
    let text = plain(text);
    leading_money(&text).ok().filter(|(rest, _)| rest.is_empty()).map(|(_, m)| m)
}

/// The amount and the number of repairs that a recogniser's slips needed: `S130.44`, `1.516.94`, `1,516,94`, `1O.5O`,
/// `257.$9`, `12.00.`, `1 234.50`. A lost decimal point is not put back, for no character tells where it stood.
pub fn money_lenient(text: &str) -> Option<(Money, u8)> {
    if let Some(m) = money(text) {
        return Some((m, 0));
    }
    let text = plain(text);
    let mut repairs: u8 = 0;
    let mut body: &str = text
        .trim_end_matches(['.', ',', '*', '\'', '`', ':', ';', '_', '"'])
        .trim_start_matches(['\'', '`', '"', '_', ':', ';', '.']);
    if body.len() < text.len() {
        repairs += 1;
    }
    if let Some(m) = money(body) {
        return Some((m, repairs));
    }
    let mut negative = false;
    let upper = body.to_ascii_uppercase();
    if upper.ends_with("CR") {
        negative = true;
        body = body.get(..body.len() - 2)?.trim_end();
    }
    if let Some(b) = body.strip_suffix([')', '-']) {
        negative = true;
        body = b.trim_end();
    }
    // What stands before the first digit: signs, and the shapes that a dollar sign is mistaken for.
    let mut head = 0;
    let mut dollar = false;
    for (at, c) in body.char_indices() {
        match c {
            '-' | '(' | '~' => negative = true,
            '$' | '§' => dollar = true,
            'S' | 's'
                if !dollar && body[at + 1..].starts_with(|n: char| digit_of(n).is_some() || n == ' ' || n == '(' || n == '-') =>
            {
                dollar = true;
                repairs += 1;
            }
            ' ' | '+' => {}
            _ => {
                head = at;
                break;
            }
        }
        head = at + c.len_utf8();
    }
    let body = body.get(head..)?;
    let chars: Vec<char> = body.chars().collect();
    if chars.len() > MAX_DIGITS + 6 {
        return None;
    }
    let point = chars.iter().rposition(|c| matches!(c, '.' | ','))?;
    let cents: Vec<char> = chars[point + 1..].iter().copied().filter(|c| *c != ' ').collect();
    if cents.len() != 2 {
        return None;
    }
    let groups: Vec<Vec<char>> =
        chars[..point].split(|c| matches!(c, '.' | ',' | ' ' | '\'')).map(<[char]>::to_vec).filter(|g| !g.is_empty()).collect();
    if groups.is_empty()
        || groups[0].len() > 9
        || (groups.len() > 1 && (groups[0].len() > 3 || groups[1..].iter().any(|g| g.len() != 3)))
    {
        return None;
    }
    // A dollar sign among the figures is one of them: what it is mistaken for.
    let five = |c: char| if c == '$' { 'S' } else { c };
    let all: Vec<char> = groups.into_iter().flatten().chain(cents).map(five).collect();
    let certain = all.iter().filter(|c| c.is_ascii_digit()).count();
    let zeros = all.iter().all(|c| matches!(c, 'O' | 'o' | '0'));
    if certain * 2 < all.len() && !zeros {
        return None;
    }
    let read: Option<String> = all.iter().map(|c| digit_of(*c)).collect();
    let cents: i64 = read?.parse().ok()?;
    let slips = all.len() - certain;
    // What stood for the separators counts once, whatever it was.
    let repairs = repairs.saturating_add(u8::try_from(slips).unwrap_or(u8::MAX)).max(1);
    Some((Money::from_cents(if negative { -cents } else { cents }), repairs))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cents(text: &str) -> Option<i64> {
        money(text).map(|m| i64::try_from(m.0.mantissa()).unwrap())
    }

    #[test]
    fn printed_forms() {
        for (text, want) in [
            ("$1,234.50", 123_450),
            ("1234.50", 123_450),
            ("(12.00)", -1200),
            ("12.00-", -1200),
            ("12.00CR", -1200),
            ("12.00 CR", -1200),
            ("12.00 DR", 1200),
            ("$-8.00", -800),
            ("-$8.00", -800),
            ("- $8.00", -800),
            ("$(8.00)", -800),
            ("($8.00)", -800),
            ("$ 12.00", 1200),
            ("\u{2212}12.00", -1200),
            ("$-8,186.48", -818_648),
            ("$1,200", 120_000),
            (".50", 50),
            ("0.00", 0),
            ("$ 4,905.00", 490_500),
        ] {
            assert_eq!(cents(text), Some(want), "{text}");
        }
    }

    #[test]
    fn not_money() {
        for text in [
            "",
            "12",
            "1200",
            "12.5",
            "12.345",
            "1,23.00",
            "12,34.00",
            "1.234.00",
            "03/09/2025",
            "99214-25",
            "--",
            "$",
            "-",
            "12.00 13.00",
            "A12.00",
        ] {
            assert_eq!(cents(text), None, "{text}");
        }
    }

    #[test]
    fn recognisers_slips() {
        for (text, want) in [
            ("S130.44", 13_044),
            ("1.516.94", 151_694),
            ("1,516,94", 151_694),
            ("1O.5O", 1050),
            ("l2.00", 1200),
            ("1B.00", 1800),
            ("1S0.44", 15_044),
            ("257.$9", 25_759),
            ("12.00.", 1200),
            ("1 234.50", 123_450),
            ("O.OO", 0),
            ("(12.00", -1200),
            ("$ 1,234. 50", 123_450),
            ("-S12.00", -1200),
        ] {
            let (got, repairs) = money_lenient(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(got, Money::from_cents(want), "{text}");
            assert!(repairs > 0, "{text}");
        }
        for text in ["Soo.so", "123450", "1.23", "OFFICE", "03.09.25", "B.lS"] {
            assert!(money_lenient(text).is_none_or(|(_, r)| r == 0), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_printed_form_reads_back(cents in 0i64..9_999_999_999, form in 0usize..11) {
            let (w, c) = (cents / 100, cents % 100);
            let mut grouped = String::new();
            for (i, d) in w.to_string().chars().enumerate() {
                if i > 0 && (w.to_string().len() - i) % 3 == 0 { grouped.push(','); }
                grouped.push(d);
            }
            let (text, sign) = match form {
                0 => (format!("{w}.{c:02}"), 1),
                1 => (format!("{grouped}.{c:02}"), 1),
                2 => (format!("${grouped}.{c:02}"), 1),
                3 => (format!("({grouped}.{c:02})"), -1),
                4 => (format!("{grouped}.{c:02}-"), -1),
                5 => (format!("{grouped}.{c:02}CR"), -1),
                6 => (format!("$-{grouped}.{c:02}"), -1),
                7 => (format!("-${grouped}.{c:02}"), -1),
                8 => (format!("$({grouped}.{c:02})"), -1),
                9 => (format!("$ {grouped}.{c:02}"), 1),
                _ => (format!("\u{2212}{w}.{c:02}"), -1),
            };
            prop_assert_eq!(money(&text), Some(Money::from_cents(sign * cents)));
            prop_assert_eq!(money_lenient(&text), Some((Money::from_cents(sign * cents), 0)));
        }

        #[test]
        fn never_panics(text in "\\PC{0,24}") {
            let _ = money(&text);
            let _ = money_lenient(&text);
        }

        #[test]
        fn never_panics_near_money(text in "[-$SO0-9., ()CR|l§−]{0,16}") {
            if let Some(m) = money(&text) { prop_assert_eq!(money_lenient(&text), Some((m, 0))); }
            let _ = money_lenient(&text);
        }
    }
}
