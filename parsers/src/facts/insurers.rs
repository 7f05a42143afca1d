//! Whose plan it is where a paper names two: the plan in its letterhead, and who administers it.
//!
//! An employer's or a union's plan is known by the insurer that runs it. An insurer's own plan stays that insurer's, whichever
//! third-party administrator handles its claims: `on behalf of Lakeside Health Plan` under the name of the administrator.

use super::claims;
use super::segments::Paper;
use super::wording::{folded, is_organisation, payer_words};
use crate::statement::Cell;

/// How the line begins that names whose plan it is.
const BEHALF: [&str; 5] =
    ["on behalf of ", "for and on behalf of ", "claims administrator for ", "as administrator for ", "administering claims for "];

/// The part of the first page on which a letterhead stands.
const HEAD: f32 = 0.3;

/// The insurer on whose behalf the paper says that it is written, in a line of its letterhead.
pub(super) fn on_behalf_of(paper: &Paper) -> Option<Cell> {
    let first = paper.first_page();
    let mut head = paper.pieces.iter().filter(|p| p.page == first && p.bbox.y0 < paper.height(first) * HEAD);
    head.find_map(|p| {
        let text = p.text();
        let begins = |b: &&&str| text.get(..b.len()).is_some_and(|t| t.eq_ignore_ascii_case(b));
        let name = text.get(BEHALF.iter().find(begins)?.len()..)?.trim_end_matches(['.', ',', ')', ' ']);
        (is_organisation(name) && is_own_plan(name)).then(|| claims::text_cell(name, name, p))
    })
}

/// Words of those who insure.
const INSURES: [&str; 12] =
    ["insurance", "assurance", "mutual", "medicare", "medicaid", "hmo", "ppo", "epo", "shield", "cross", "casualty", "indemnity"];

fn insures(words: &[String]) -> bool {
    words.iter().any(|w| INSURES.contains(&w.as_str()))
}

/// `Explanation of benefits from Lakeside Health Plan`: the title says whose it is.
pub(super) fn named_in_title(paper: &Paper) -> Option<Cell> {
    const TITLES: [&str; 2] = ["explanation of benefits from ", "your explanation of benefits from "];
    paper.pieces.iter().filter(|p| p.page == paper.first_page()).find_map(|p| {
        let text = p.text();
        let title = TITLES.iter().find(|t| text.get(..t.len()).is_some_and(|head| head.eq_ignore_ascii_case(t)))?;
        let name = &text[title.len()..];
        (payer_words(name) > 0).then(|| claims::text_cell(name, &text, p))
    })
}

/// Whether it is called after handling the claims of other people's plans, and not after insuring anybody: `Oak Benefit Services`.
pub(super) fn only_administers(name: &str) -> bool {
    let words = folded(name);
    let has = |w: &str| words.iter().any(|x| x == w);
    let serves = has("benefit") && (has("service") || has("solution") || has("management") || has("resource"));
    let handles = has("tpa") || serves || words.iter().any(|w| w.starts_with("administ"));
    handles && !insures(&words)
}

/// Whether it is called like a plan, and not like one that an employer or a union has others run.
pub(super) fn is_own_plan(name: &str) -> bool {
    const HOLDERS: [&str; 6] = ["employee", "employer", "local", "fund", "welfare", "worker"];
    let words = folded(name);
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    // `Union Lake Health Insurance` is no union's
    payer_words(name) > 0 && !has(&HOLDERS) && (insures(&words) || !has(&["union", "group"]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::Field;
    use crate::test_pages::read;

    #[test]
    fn who_insures_and_who_only_administers() {
        for t in ["Oak Benefit Services, Inc.", "Corner Elm TPA, LLC", "Lakeside Plan Administrators"] {
            assert!(only_administers(t), "{t}");
        }
        for t in ["Lakeside Insurance Company", "Elm Mutual Administrators", "Lakeside Health Plan"] {
            assert!(!only_administers(t), "{t}");
        }
        assert!(is_own_plan("Union Lake Health Insurance") && !is_own_plan("Builders Union Health Plan"));
        assert!(is_own_plan("Lakeside Health Plan") && !is_own_plan("Acme Employees Health Plan"));
        assert!(!is_own_plan("Local 12 Health and Welfare Fund") && !is_own_plan("Acme Stores"));
    }

    #[test]
    fn a_title_may_say_from_whom_the_explanation_is() {
        let s = crate::test_pages::read(&[
            (20.0, &[(30.0, "Your care statement"), (400.0, "This is not a bill")]),
            (50.0, &[(30.0, "Explanation of benefits from Lakeside Health Plan")]),
            (80.0, &[(30.0, "Claim number 3621057653"), (300.0, "Provider: Meadow Regional Medical Center")]),
        ]);
        let payer = s.header.get(&crate::statement::Field::Payer).and_then(|c| c.first()).map(|c| c.value.clone());
        assert_eq!(payer, Some(crate::statement::Value::Text("Lakeside Health Plan".to_owned())));
    }

    #[test]
    fn words_that_say_whose_paper_it_is_are_no_part_of_the_name() {
        for line in [
            "issued by LAKESIDE MUTUAL HEALTH",
            "sent to you by LAKESIDE MUTUAL HEALTH",
            "provided by LAKESIDE MUTUAL HEALTH",
            "from LAKESIDE MUTUAL HEALTH",
        ] {
            let s = read(&[
                (20.0, &[(30.0, "Explanation of Benefits (EOB)")]),
                (34.0, &[(30.0, line)]),
                (80.0, &[(30.0, "Claim number: 3621057653"), (300.0, "Provider: Meadow Regional Medical Center")]),
            ]);
            let payer = s.header.get(&Field::Payer).and_then(|c| c.first()).map(|c| c.value.clone());
            assert_eq!(payer, Some(crate::statement::Value::Text("LAKESIDE MUTUAL HEALTH".to_owned())), "{line}");
        }
    }

    #[test]
    fn the_plan_on_whose_behalf_the_administrator_writes() {
        let payer = |line: &'static str| {
            let s = read(&[
                (20.0, &[(30.0, "Oak Benefit Administrators"), (500.0, "Explanation of Benefits")]),
                (32.0, &[(30.0, line)]),
                (60.0, &[(30.0, "Patient: Jane Roe"), (200.0, "Claim number: 1234567"), (400.0, "Provider: Lakeside Hospital")]),
            ]);
            s.header.get(&Field::Payer).and_then(|c| c.first()).map(|c| c.raw.clone())
        };
        assert_eq!(payer("on behalf of Lakeside Mutual Health").as_deref(), Some("Lakeside Mutual Health"));
        assert_eq!(payer("Claims administrator for Elm Medicare Advantage PPO").as_deref(), Some("Elm Medicare Advantage PPO"));
        assert_eq!(payer("on behalf of Acme Stores").as_deref(), Some("Oak Benefit Administrators"), "an employer");
    }
}
