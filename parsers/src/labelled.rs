//! Codes and counts that stand behind the words of a service with a label of their own, where a table has no columns for
//! them: `Code 99396, modifier 25, quantity 1`, `CPT 47562-RT | Qty 1`, `Rev 0450 HCPCS J2405 Units: 4`.

use nom::IResult;
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag_no_case, take_while, take_while1};
use nom::character::complete::{one_of, space0, space1};
use nom::combinator::{map_opt, not, opt, recognize, value};
use nom::multi::{many0, many1, separated_list1};
use nom::sequence::{preceded, terminated};

use crate::columns::is_money_field;
use crate::grammar::date::leading_date;
use crate::grammar::{code, money, units};
use crate::statement::{Field, Value};
use crate::vocabulary::Vocabulary;

/// Words longer than this are no description.
const LONGEST: usize = 400;

/// The labelled values at the end of the words of a service, and the words before them. `None` where nothing is labelled
/// beyond doubt: `BLOOD UNIT 1` is a name.
pub fn labelled(text: &str) -> Option<(Vec<(Field, Value)>, String)> {
    if text.len() > LONGEST || !text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let starts = text.char_indices().filter(|(i, c)| c.is_alphabetic() && (*i == 0 || !before(text, *i).is_alphanumeric()));
    let (at, found) = starts.map(|(i, _)| i).find_map(|i| parts(&text[i..]).ok().map(|(_, p)| (i, p)))?;
    let sure = found.iter().any(|p| p.sure);
    let mut values: Vec<(Field, Value)> = Vec::new();
    for (field, value) in found.into_iter().flat_map(|p| p.values) {
        if values.iter().any(|(f, _)| *f == field) {
            return None;
        }
        values.push((field, value));
    }
    let mut words = text[..at].trim_end_matches([' ', ',', ';', '|', '(', '-', '/', '·', '•', '–']).to_owned();
    // `ED VISIT (99283 25, Rev 0450)`: the bracket closes behind what stays
    if text.trim_end().ends_with(')') && words.matches('(').count() > words.matches(')').count() {
        words.push(')');
    }
    sure.then_some((values, words))
}

fn before(text: &str, at: usize) -> char {
    text[..at].chars().next_back().unwrap_or(' ')
}

/// One labelled value; a code brings its modifiers.
struct Part {
    values: Vec<(Field, Value)>,
    /// Whether the label can be nothing else.
    sure: bool,
}

/// One value with what tells which it is.
fn part(i: &str) -> IResult<&str, Part> {
    alt((procedure, modifiers, count, revenue, times, count_behind, notes, amount, amount_behind, status, until, circumstance))
        .parse(i)
}

fn parts(text: &str) -> IResult<&str, Vec<Part>> {
    let between = recognize((many1(one_of(" ,;|/·•–-.+)]")), opt((tag_no_case("with"), space1))));
    let (rest, found) = separated_list1(between, part).parse(text)?;
    // the day behind `on` has a cell of its own
    if matches!(rest.trim_matches([' ', ')', '.', ',', ']']), "" | "on" | "below") { Ok(("", found)) } else { fail(text) }
}

fn fail<T>(i: &str) -> IResult<&str, T> {
    Err(nom::Err::Error(nom::error::Error::new(i, nom::error::ErrorKind::Verify)))
}

/// The marks between a label and its value; a label of letters needs at least a space.
fn colon(i: &str) -> IResult<&str, ()> {
    let apart = recognize((many0(one_of(".:#=")), space1));
    let joined = recognize((many0(one_of(".")), many1(one_of(":#="))));
    value((), recognize((alt((apart, joined)), space0))).parse(i)
}

fn word(i: &str) -> IResult<&str, &str> {
    take_while1(|c: char| c.is_ascii_alphanumeric() || c == '-').parse(i)
}

fn procedure(i: &str) -> IResult<&str, Part> {
    let named = alt((
        tag_no_case("cpt/hcpcs"),
        tag_no_case("hcpcs/cpt"),
        tag_no_case("hcpcs"),
        tag_no_case("cpt"),
        tag_no_case("cdt"),
        tag_no_case("billing"),
        tag_no_case("procedure"),
        tag_no_case("proc"),
        tag_no_case("service"),
    ));
    // the first letter of a scan's line may be lost, or read together with the edge
    let clipped = alt((tag_no_case("ode"), tag_no_case("oode"), tag_no_case("cde")));
    let label = alt((recognize((named, opt(preceded(space1, tag_no_case("code"))))), tag_no_case("code"), clipped));
    preceded((label, colon), code_with_modifiers).parse(i)
}

/// `99213`, `47562-RT`, `00811 AA`, `29881, LT, 59`, `A0431/SH`.
fn code_with_modifiers(i: &str) -> IResult<&str, Part> {
    let (rest, p) = map_opt(word, code::procedure).parse(i)?;
    // what a stroke joins to the code counts nothing, whatever stands behind it: `70450/26 Units: 1`
    let joined = |i| preceded(one_of("/"), map_opt(word, |w| two_signs(w).filter(|w| code::modifier(w)))).parse(i);
    let (rest, joined) = many0(joined).parse(rest)?;
    let apart = |i| recognize(many1(one_of(" ,-"))).parse(i);
    // two figures behind a code are a modifier, behind one modifier more of them; a count has its sign or its label
    // `12 units` counts
    let modifier = |i| {
        preceded(
            (not(count_behind), not(times), not(circumstance)),
            map_opt(word, |w| two_signs(w).filter(|w| code::modifier(w))),
        )
        .parse(i)
    };
    let (rest, more) = many0(preceded(apart, modifier)).parse(rest)?;
    let modifiers: Vec<String> = p.modifiers.into_iter().chain(joined.into_iter().chain(more).map(str::to_owned)).collect();
    let mut values = vec![(Field::Code, Value::Code(p.code))];
    if !modifiers.is_empty() {
        values.push((Field::Modifiers, Value::List(modifiers)));
    }
    Ok((rest, Part { values, sure: true }))
}

/// `x 5` behind a code: how often. `X5` is a modifier.
fn times(i: &str) -> IResult<&str, Part> {
    let number = |i| take_while1(|c: char| c.is_ascii_digit() || c == '.').parse(i);
    let sign = alt((recognize((one_of("x\u{d7}"), space0)), recognize((one_of("X"), space1))));
    let (rest, n) = preceded(sign, map_opt(number, units::units)).parse(i)?;
    Ok((rest, Part { values: vec![(Field::Units, Value::Number(n))], sure: false }))
}

/// `2 units`: how often, behind a code.
fn count_behind(i: &str) -> IResult<&str, Part> {
    let number = |i| take_while1(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',')).parse(i);
    let label = terminated(
        alt((tag_no_case("unit(s)"), tag_no_case("units"), tag_no_case("unit"))),
        not(nom::character::complete::alphanumeric1),
    );
    let (rest, n) = terminated(map_opt(number, units::units), (space1, label)).parse(i)?;
    Ok((rest, Part { values: vec![(Field::Units, Value::Number(n))], sure: false }))
}

/// The count of a line that is nothing else: `2 units`. In the type of a name it may be the rest of it, `BOTULINUM TOXIN` over
/// `100 UNITS`.
pub(crate) fn lone_count(text: &str) -> Option<Value> {
    let (rest, part) = count_behind(text.trim()).ok()?;
    part.values.into_iter().next().map(|(_, v)| v).filter(|_| rest.trim_matches('.').is_empty())
}

/// A line of its own under the words of a service: `99213 25`, `J2405  x 4`, `Rev. code 0360  x 5`, `CPT 00811 AA`, `x 2`.
/// `None` where anything else stands on it.
pub(crate) fn line_of_codes(text: &str) -> Option<Vec<(Field, Value)>> {
    let between = recognize((many1(one_of(" ,;|/·•–.+)")), opt((tag_no_case("with"), space1))));
    if lone_count(text).is_some() {
        return None;
    }
    let (rest, found) =
        separated_list1(between, alt((part, code_with_modifiers))).parse(text.trim()).ok().filter(|_| text.len() <= LONGEST)?;
    let mut values: Vec<(Field, Value)> = Vec::new();
    for (field, value) in found.into_iter().flat_map(|p| p.values) {
        if values.iter().any(|(f, _)| *f == field) {
            return None;
        }
        values.push((field, value));
    }
    matches!(rest.trim_matches([' ', '.']), "" | "below").then_some(values)
}

/// The notes that close a line, and what stands before them: `03/09/2025  Qty 1  Note G4`.
pub(crate) fn line_end_notes(text: &str) -> Option<(&str, Vec<String>)> {
    let starts = text.char_indices().filter(|(i, c)| c.is_alphabetic() && *i > 0 && !before(text, *i).is_alphanumeric());
    let (at, part) = starts.map(|(i, _)| i).find_map(|i| {
        let (rest, part) = notes(&text[i..]).ok()?;
        rest.trim().is_empty().then_some((i, part))
    })?;
    part.values.into_iter().find_map(|(_, v)| match v {
        Value::List(list) => Some((&text[..at], list)),
        _ => None,
    })
}

fn modifiers(i: &str) -> IResult<&str, Part> {
    let label = alt((
        tag_no_case("modifier(s)"),
        tag_no_case("modifiers"),
        tag_no_case("modifier"),
        tag_no_case("mod(s)"),
        tag_no_case("mods"),
        tag_no_case("mod"),
    ));
    let one = |i| take_while(|c: char| c.is_ascii_alphanumeric()).parse(i);
    let list = recognize(separated_list1(alt((tag_no_case(" and "), recognize(many1(one_of(" ,-"))))), map_opt(one, two_signs)));
    map_opt(preceded((label, colon), list), |w: &str| {
        let found = code::modifiers(&w.replace(" and ", " ")).filter(|m| !m.is_empty())?;
        Some(Part { values: vec![(Field::Modifiers, Value::List(found))], sure: false })
    })
    .parse(i)
}

/// `Note G4, Q1`, `See notes 3 and 7`: the plan's own codes. A sentence goes on with words: `Note to the patient`.
fn notes(i: &str) -> IResult<&str, Part> {
    let named = alt((
        tag_no_case("footnotes"),
        tag_no_case("footnote"),
        tag_no_case("notes"),
        tag_no_case("note"),
        tag_no_case("remarks"),
        tag_no_case("remark"),
        tag_no_case("messages"),
        tag_no_case("message"),
        tag_no_case("rmk"),
        tag_no_case("rarc"),
        tag_no_case("rem"),
    ));
    let label =
        (opt((tag_no_case("see"), space1)), named, opt(preceded(space1, alt((tag_no_case("codes"), tag_no_case("code"))))));
    let between = recognize((
        space0,
        alt((tag_no_case(","), tag_no_case(";"), tag_no_case("and "), tag_no_case("&"), tag_no_case(""))),
        space0,
    ));
    let one = |i| map_opt(word, |w| Some(w).filter(|w| note_code(w))).parse(i);
    let (rest, list) = preceded((label, colon), separated_list1(between, one)).parse(i)?;
    let list: Vec<String> = list.into_iter().map(str::to_owned).collect();
    Ok((rest, Part { values: vec![(Field::RemarkCodes, Value::List(list))], sure: false }))
}

/// A letter, or a short code with a figure in it and no small letters.
fn note_code(w: &str) -> bool {
    let short = w.len() <= 5 && w.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    w.len() == 1 || short && w.bytes().any(|b| b.is_ascii_digit())
}

/// An amount under its own name, where the table has no column for it: `Discount $74.44`, `Your copay: 40.00`.
fn amount(i: &str) -> IResult<&str, Part> {
    let figure = |i| take_while1(|c: char| c.is_ascii_digit() || matches!(c, '$' | ',' | '.' | '-' | '(' | ')')).parse(i);
    let name = take_while1(|c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '/' | ':'));
    let (rest, (field, sum)) = (
        map_opt(name, |label: &str| share_field(label.trim_matches([' ', ':', '-']))),
        map_opt(figure, |w: &str| money::money(w.trim_end_matches([',', '.'])).filter(|_| w.contains('.'))),
    )
        .parse(i)?;
    Ok((rest, Part { values: vec![(field, Value::Money(sum))], sure: true }))
}

/// `Discount your plan negotiated: $1,505.60`: among the facts of a service a name of many words before a colon is one too,
/// whatever its amount is.
pub(crate) fn amount_behind_colon(text: &str) -> Option<(Field, Value)> {
    let (name, figure) = text.rsplit_once(':')?;
    let amount = money::money(figure.trim()).filter(|_| figure.contains('.'))?;
    let vocabulary = Vocabulary::builtin();
    match vocabulary.lookup(name).or_else(|| vocabulary.guess(name))?.fields.as_slice() {
        [f] if is_money_field(*f) && !matches!(f, Field::Charge | Field::Balance | Field::Credits) => {
            Some((*f, Value::Money(amount)))
        }
        _ => None,
    }
}

/// The same with the amount first: `$21.92 copayment`, `$21.92 of this is not covered`.
fn amount_behind(i: &str) -> IResult<&str, Part> {
    let figure = |i| take_while1(|c: char| c.is_ascii_digit() || matches!(c, '$' | ',' | '.')).parse(i);
    let of_this = |i| {
        let (thing, verb) = (alt((tag_no_case("this"), tag_no_case("it"))), alt((tag_no_case("is"), tag_no_case("was"))));
        recognize((tag_no_case("of"), space1, thing, space1, verb)).parse(i)
    };
    let name = take_while1(|c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '\''));
    let (rest, (sum, field)) = (
        map_opt(figure, |w: &str| money::money(w).filter(|_| w.contains('.'))),
        preceded((space1, opt((of_this, space1))), map_opt(name, |label: &str| share_field(label.trim_matches([' ', '-'])))),
    )
        .parse(i)?;
    Ok((rest, Part { values: vec![(field, Value::Money(sum))], sure: true }))
}

/// What a name under a service's words may say of its amounts.
pub(crate) fn share_field(name: &str) -> Option<Field> {
    // `Your part: coinsurance`
    let name = name.trim_end_matches([' ', ':']).rsplit(':').next().unwrap_or(name);
    match Vocabulary::builtin().lookup(name)?.fields.as_slice() {
        [
            f
            @ (Field::PlanDiscount | Field::NotCovered | Field::Deductible | Field::Copay | Field::Coinsurance | Field::Allowed),
        ] => Some(*f),
        _ => None,
    }
}

/// `through May 19, 2025`: the last day, where the first stands elsewhere.
fn until(i: &str) -> IResult<&str, Part> {
    let word = alt((tag_no_case("through"), tag_no_case("thru")));
    let (day, _) = (word, space1).parse(i)?;
    let day_and_rest = |i: &str| {
        let (d, rest) = leading_date(i)?;
        let rest = i.get(i.len() - rest.len()..)?.trim_start();
        Some((d.year.and_then(|_| d.resolve(None))?, rest.len()))
    };
    let Some((d, left)) = day_and_rest(day) else { return fail(i) };
    Ok((&day[day.len() - left..], Part { values: vec![(Field::ServiceDateTo, Value::Date(d))], sure: false }))
}

/// A word on what became of the service; the record has it of the claim.
fn status(i: &str) -> IResult<&str, Part> {
    let word = alt((tag_no_case("denied"), tag_no_case("approved"), tag_no_case("processed"), tag_no_case("paid")));
    map_opt(terminated(word, not(one_of("abcdefghijklmnopqrstuvwxyz"))), |_| Some(Part { values: Vec::new(), sure: false }))
        .parse(i)
}

/// `Place of service: 11`, `Dx: Z00.00`: where it was and for what, of which the record has no column.
fn circumstance(i: &str) -> IResult<&str, Part> {
    let label = alt((
        tag_no_case("place of service"),
        tag_no_case("pos"),
        tag_no_case("diagnosis code"),
        tag_no_case("diagnosis"),
        tag_no_case("diag"),
        tag_no_case("dx code"),
        tag_no_case("dx"),
        tag_no_case("icd-10"),
        tag_no_case("icd"),
    ));
    let code = |i| take_while1(|c: char| c.is_ascii_alphanumeric() || c == '.').parse(i);
    let (rest, found) = preceded((label, space0, one_of(":#="), space0), code).parse(i)?;
    // one that ends a sentence has not its point
    let rest = if found.ends_with('.') { &i[i.len() - rest.len() - 1..] } else { rest };
    if !found.bytes().any(|b| b.is_ascii_digit()) {
        return fail(i);
    }
    Ok((rest, Part { values: Vec::new(), sure: false }))
}

fn two_signs(w: &str) -> Option<&str> {
    (w.len() == 2).then_some(w)
}

fn count(i: &str) -> IResult<&str, Part> {
    let sure = value(
        true,
        alt((tag_no_case("quantity"), tag_no_case("qty"), tag_no_case("number of services"), tag_no_case("number of units"))),
    );
    let unsure = value(false, alt((tag_no_case("unit(s)"), tag_no_case("units"), tag_no_case("unit"), tag_no_case("count"))));
    let number = |i| take_while1(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-')).parse(i);
    let (rest, (is_sure, mark, n)) = (
        alt((sure, unsure)),
        terminated(recognize(colon), space0),
        map_opt(number, |w: &str| units::units(w.trim_end_matches([',', '.']))),
    )
        .parse(i)?;
    Ok((rest, Part { values: vec![(Field::Units, Value::Number(n))], sure: is_sure || mark.contains([':', '=']) }))
}

fn revenue(i: &str) -> IResult<&str, Part> {
    let label = recognize((
        alt((tag_no_case("revenue"), tag_no_case("rev"), tag_no_case("rc"))),
        opt(tag_no_case(".")),
        opt(preceded(space0, alt((tag_no_case("code"), tag_no_case("cd"))))),
    ));
    map_opt(preceded((label, colon), word), |w| {
        let found = code::revenue_code(w).filter(|_| matches!(w.len(), 3 | 4))?;
        Some(Part { values: vec![(Field::RevenueCode, Value::Code(found))], sure: true })
    })
    .parse(i)
}

#[cfg(test)]
mod tests;
