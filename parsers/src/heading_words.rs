//! What a column's heading says beside the name of one field: a second field, a letter of the reckoning.

use std::sync::LazyLock;

use regex::Regex;

use crate::columns::is_money_field;
use crate::statement::Field;

/// `Deductible and copay amount`: the shares of a heading that names more than one. What stands under it is not the first
/// of them alone.
pub(crate) fn two_shares(text: &str) -> Option<Vec<Field>> {
    let lower = text.to_lowercase();
    let word = |w: &str| lower.split(|c: char| !c.is_alphanumeric()).any(|x| x == w).then(|| lower.find(w)).flatten();
    let shares = [
        (Field::Deductible, lower.find("deduct").or_else(|| word("ded"))),
        (Field::Copay, lower.find("copay").or_else(|| lower.find("co-pay")).or_else(|| word("cpy"))),
        (Field::Coinsurance, lower.find("coins").or_else(|| lower.find("co-ins"))),
    ];
    let mut named: Vec<(usize, Field)> = shares.into_iter().filter_map(|(f, at)| Some((at?, f))).collect();
    named.sort_by_key(|(at, _)| *at);
    // `Remaining after deductible and copay` is neither
    (named.len() > 1 && !lower.contains("after")).then(|| named.into_iter().map(|(_, f)| f).collect())
}

/// `Amount billed (A)`, `B. Discount`, `Your share (A-B=C)`: the letters by which a paper explains its reckoning.
pub(crate) fn without_mark(text: &str) -> &str {
    static MARK: LazyLock<Regex> = LazyLock::new(|| {
        let behind = r"\s+(?:\([A-N](?:\s*[-+=\u{2013}]\s*[A-N])*\)|[A-N](?:\s*[-+=\u{2013}]\s*[A-N])*)$";
        Regex::new(&format!(r"^\(?[A-N][.)]\s+|{behind}")).expect("a constant pattern")
    });
    match MARK.find(text.trim()) {
        Some(m) if m.start() == 0 => text.trim()[m.end()..].trim(),
        Some(m) => text.trim()[..m.start()].trim(),
        None => text,
    }
}

/// `Charge (procedure code)`: what stands in brackets behind the words of a heading, and so behind those of each service.
pub(crate) fn in_brackets(text: &str) -> Option<&str> {
    let (words, inside) = text.trim().strip_suffix(')')?.split_once('(')?;
    (words.chars().filter(|c| c.is_alphabetic()).count() >= 4).then_some(inside)
}

/// `Disc Code`, `Not covered reason`: the name of the amount whose notes stand under a heading, which has a column of its own
/// beside it. An adjustment's code is no note, but says itself what was adjusted.
pub(crate) fn noted_amount(text: &str) -> Option<&str> {
    static CODE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^(.+?)\s+(?:codes?|cd|reasons?|rsn|remarks?|rmks?|notes?)$").expect("a constant pattern")
    });
    let name = CODE.captures(text.trim())?.get(1)?.as_str().trim_end();
    (!name.to_lowercase().starts_with("adj")).then_some(name)
}

/// `Group-Reason Code Adj Amt`, `CAS Amount`, `Grp/Rsn`: a heading of the claim adjustment segments (X12 835 CAS), made of
/// nothing but the names of their parts, in whichever order and cut as short as there is room.
pub(crate) fn names_adjustments(text: &str) -> bool {
    const SEGMENT: &[&str] = &["cas", "carc", "carcs"];
    const GROUP: &[&str] = &["group", "grp", "gc"];
    const ADJUSTED: &[&str] = &["adj", "adjs", "adjustment", "adjustments", "adjmt"];
    const REASON: &[&str] = &["reason", "reasons", "rsn", "reas", "rc", "code", "codes", "cd"];
    const AMOUNT: &[&str] = &["amount", "amounts", "amt", "amts"];
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let any = |names: &[&str]| words.iter().any(|w| names.contains(w));
    let parts = [SEGMENT, GROUP, ADJUSTED, REASON, AMOUNT];
    words.iter().all(|w| parts.iter().any(|p| p.contains(w))) && (any(SEGMENT) || any(REASON) && (any(GROUP) || any(ADJUSTED)))
}

/// Whether such an amount is one that a plan explains by notes.
pub(crate) fn is_explained(field: Field) -> bool {
    matches!(field, Field::PlanDiscount | Field::NotCovered | Field::Deductible | Field::Copay | Field::Coinsurance)
}

/// Whether a phrase names two amounts side by side.
pub(crate) fn are_two(phrase: &str, fields: &[Field]) -> bool {
    let amounts = fields.iter().filter(|f| is_money_field(**f)).count();
    amounts > 1 && !phrase.contains(['/', '&']) && !phrase.to_lowercase().contains(" and ")
}

/// `Procedure or revenue code, type of service`: the fields of a heading that joins the names of several things by which a
/// service is known, in the order in which the record has them. `known`: the fields of a name that is listed.
pub(crate) fn joined_names(text: &str, known: impl Fn(&str) -> Option<Vec<Field>>) -> Option<Vec<Field>> {
    static BETWEEN: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)\s*[,;/&+]\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+").expect("a constant pattern"));
    const OF_SERVICE: [Field; 4] = [Field::ServiceDate, Field::RevenueCode, Field::Code, Field::Description];
    /// A heading that joins more names has not been seen: it is a sentence.
    const MOST: usize = 5;
    let text = text.trim();
    let seams: Vec<(usize, usize)> = BETWEEN.find_iter(text).map(|m| (m.start(), m.end())).collect();
    if seams.is_empty() || seams.len() >= MOST {
        return None;
    }
    // the longest name first: `procedure or revenue code` is one that is listed, and so is `revenue code`
    let (mut at, mut held) = (0, Vec::new());
    while at < text.len() {
        let ends = seams.iter().rev().copied().filter(|(end, _)| *end > at).collect::<Vec<_>>();
        let named = |&(end, next): &(usize, usize)| Some((known(&text[at..end])?, next));
        let whole = (text.len(), text.len());
        let (fields, next) = std::iter::once(whole).filter(|_| at > 0).chain(ends).find_map(|e| named(&e))?;
        held.extend(fields);
        at = next;
    }
    let fields: Vec<Field> = OF_SERVICE.into_iter().filter(|f| held.contains(f)).collect();
    (fields.len() > 1 && held.iter().all(|f| OF_SERVICE.contains(f))).then_some(fields)
}

/// A heading with the word `patient` where it names who received the service otherwise, as suppliers and homes do:
/// `Customer paid`, `Client balance`, `Resident owes`.
pub(crate) fn of_the_patient(heading: &str) -> String {
    let is_patient = |w: &str| matches!(w.to_lowercase().as_str(), "customer" | "client" | "resident");
    heading.split(' ').map(|w| if is_patient(w) { "patient" } else { w }).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::of_the_patient;
    use crate::statement::Field;
    use crate::test_pages::{read, said};
    use crate::vocabulary::Vocabulary;

    fn fields(text: &str) -> Vec<Field> {
        Vocabulary::builtin().lookup(text).map(|m| m.fields).unwrap_or_default()
    }

    #[test]
    fn an_amounts_code_is_its_note() {
        for text in ["Disc Code", "Inel Code", "Ded Code", "Discount reason", "Not covered code", "Copay note"] {
            assert_eq!(fields(text), [Field::RemarkCodes], "{text}");
        }
        assert_eq!(fields("Not covered (note)"), [Field::NotCovered], "the notes stand under the amounts");
        assert_eq!(fields("Adj codes"), [Field::Adjustments]);
        assert_eq!(fields("Charge code"), [Field::Code], "the hospital's own");
        assert_eq!(fields("Service code"), [Field::Code]);
        assert_ne!(fields("Adjustment cd"), [Field::RemarkCodes]);
        for text in ["Group-Reason Code Adj Amt", "CAS Amount", "Grp/Rsn", "GRP/RSN ADJ AMT", "Adj reason code/amt"] {
            assert_eq!(fields(text), [Field::Adjustments], "{text}");
        }
        assert_ne!(fields("Group"), [Field::Adjustments]);
        assert_ne!(fields("Reason code"), [Field::Adjustments]);
        assert_ne!(fields("Adj amt"), [Field::Adjustments]);
    }

    #[test]
    fn each_amount_may_have_a_column_of_notes_beside_it() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Benefit Plan"), (400.0, "Explanation of Benefits")]),
            (36.0, &[(30.0, "Claim No: 1234567"), (300.0, "Provider: Lakeside Hospital")]),
            (56.0, &[(30.0, "Dates of"), (-270.0, "Charge"), (310.0, "Inel"), (400.0, "Disc"), (520.0, "Ded")]),
            (
                65.0,
                &[
                    (30.0, "Service"),
                    (90.0, "Type of Service"),
                    (-270.0, "Amount"),
                    (-300.0, "Inel"),
                    (310.0, "Code"),
                    (-390.0, "Disc"),
                    (400.0, "Code"),
                    (-470.0, "Eligible"),
                    (-510.0, "Ded"),
                    (520.0, "Code"),
                    (-570.0, "Co-pay"),
                    (-610.0, "Bal @%"),
                    (-670.0, "Paid"),
                    (-740.0, "Pt Resp"),
                ],
            ),
            (
                79.0,
                &[
                    (30.0, "03/06/25"),
                    (90.0, "OR TIME LEVEL 3"),
                    (-270.0, "100.00"),
                    (-390.0, "20.00"),
                    (400.0, "C02"),
                    (-470.0, "80.00"),
                    (-610.0, "80.00 @90%"),
                    (-670.0, "72.00"),
                    (-740.0, "8.00"),
                ],
            ),
            (88.0, &[(90.0, "REV:0360")]),
            (
                101.0,
                &[
                    (30.0, "03/06/25"),
                    (90.0, "CBC 85025"),
                    (-270.0, "50.00"),
                    (-390.0, "10.00"),
                    (400.0, "C02"),
                    (-470.0, "40.00"),
                    (-510.0, "40.00"),
                    (520.0, "T22"),
                    (-670.0, "0.00"),
                    (-740.0, "40.00"),
                ],
            ),
            (
                114.0,
                &[
                    (30.0, "CLAIM TOTAL"),
                    (-270.0, "150.00"),
                    (-390.0, "30.00"),
                    (-470.0, "120.00"),
                    (-510.0, "40.00"),
                    (-670.0, "72.00"),
                    (-740.0, "48.00"),
                ],
            ),
        ]);
        let fields = [
            Field::RevenueCode,
            Field::Code,
            Field::Description,
            Field::Charge,
            Field::PlanDiscount,
            Field::Allowed,
            Field::Deductible,
            Field::Copay,
            Field::PlanPaid,
            Field::PatientResponsibility,
            Field::RemarkCodes,
        ];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(
            rows,
            [
                "0360 - OR TIME LEVEL 3 100.00 20.00 80.00 - - 72.00 8.00 C02",
                "- 85025 CBC 50.00 10.00 40.00 40.00 - 0.00 40.00 C02;T22"
            ]
        );
    }

    #[test]
    fn a_heading_may_join_the_names_of_what_its_cells_hold() {
        let both = [Field::Code, Field::Description];
        assert_eq!(fields("Procedure or revenue code, type of service"), both);
        assert_eq!(fields("Type of service / CPT or HCPCS code"), both);
        assert_eq!(fields("Date of service; procedure; description"), [Field::ServiceDate, Field::Code, Field::Description]);
        assert_eq!(fields("Procedure code, units"), [], "a count is no name of a service");
        assert_eq!(fields("Type of service, amount billed"), [], "nor is an amount");
    }

    #[test]
    fn a_revenue_code_stands_where_the_procedure_code_does() {
        let head = |x: f32, text| (x, text);
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Trust Fund"), (300.0, "Explanation of Benefits")]),
            (36.0, &[(30.0, "Claim No. 1234567"), (300.0, "Provider: Lakeside Hospital")]),
            (52.0, &[head(90.0, "Procedure or"), head(-300.0, "(A)"), head(-360.0, "(B)")]),
            (
                60.0,
                &[
                    head(30.0, "Service"),
                    head(90.0, "revenue code,"),
                    head(-300.0, "Amount"),
                    head(-360.0, "PPO"),
                    head(-430.0, "Plan"),
                    head(-500.0, "Patient"),
                ],
            ),
            (
                68.0,
                &[
                    head(30.0, "dates"),
                    head(90.0, "type of service"),
                    head(-300.0, "charged"),
                    head(-360.0, "savings"),
                    head(-430.0, "pays"),
                    head(-500.0, "owes"),
                ],
            ),
            (
                82.0,
                &[
                    (30.0, "04/08/24"),
                    (90.0, "0120 ROOM & BOARD"),
                    (-300.0, "900.00"),
                    (-360.0, "400.00"),
                    (-430.0, "500.00"),
                    (-500.0, "0.00"),
                ],
            ),
            (90.0, &[(90.0, "SEMI-PRIVATE")]),
            (
                104.0,
                &[
                    (30.0, "04/08/24"),
                    (90.0, "85610 PT/INR"),
                    (-300.0, "65.00"),
                    (-360.0, "35.00"),
                    (-430.0, "20.00"),
                    (-500.0, "10.00"),
                ],
            ),
        ]);
        let fields = [Field::RevenueCode, Field::Code, Field::Description, Field::Charge, Field::PlanPaid];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(rows, ["0120 - ROOM & BOARD SEMI-PRIVATE 900.00 500.00", "- 85610 PT/INR 65.00 20.00"]);
    }

    #[test]
    fn a_customer_is_the_patient() {
        assert_eq!(of_the_patient("Customer paid"), "patient paid");
        assert_eq!(of_the_patient("Customary charge"), "Customary charge");
    }
}
