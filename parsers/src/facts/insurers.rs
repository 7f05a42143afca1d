//! Whose plan it is where a paper names two: the plan in its letterhead, and who administers it.
//!
//! An employer's or a union's plan is known by the insurer that runs it. An insurer's own plan stays that insurer's, whichever
//! third-party administrator handles its claims.

use super::wording::{folded, payer_words};

/// Words of those who insure.
const INSURES: [&str; 12] =
    ["insurance", "assurance", "mutual", "medicare", "medicaid", "hmo", "ppo", "epo", "shield", "cross", "casualty", "indemnity"];

fn insures(words: &[String]) -> bool {
    words.iter().any(|w| INSURES.contains(&w.as_str()))
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
    // `Union Valley Health Insurance` is no union's
    payer_words(name) > 0 && !has(&HOLDERS) && (insures(&words) || !has(&["union", "group"]))
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
