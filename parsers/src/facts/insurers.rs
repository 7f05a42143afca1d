//! Whose plan it is where a paper names two: the plan in its letterhead, and who administers it.
//!
//! An employer's or a union's plan is known by the insurer that runs it. An insurer's own plan stays that insurer's, whichever
//! third-party administrator handles its claims: `on behalf of Lakeside Health Plan` under the name of the administrator.

use super::claims;
use super::segments::{Paper, text_of};
use super::wording::{folded, is_organisation, payer_words};
use crate::statement::Cell;

/// How the line begins that names whose plan it is.
const BEHALF: [&str; 3] = ["on", "behalf", "of"];

/// The part of the first page on which a letterhead stands.
const HEAD: f32 = 0.3;

/// The insurer on whose behalf the paper says that it is written, in a line of its letterhead.
pub(super) fn on_behalf_of(paper: &Paper) -> Option<Cell> {
    let first = paper.first_page();
    let mut head = paper.pieces.iter().filter(|p| p.page == first && p.bbox.y0 < paper.height(first) * HEAD);
    head.find_map(|p| {
        let words: Vec<String> = p.tokens.iter().take(BEHALF.len()).map(|t| t.text.to_lowercase()).collect();
        let name = text_of(p.tokens.get(BEHALF.len()..).filter(|_| words == BEHALF)?);
        let name = name.trim_end_matches(['.', ',', ')', ' ']);
        (is_organisation(name) && is_own_plan(name)).then(|| claims::text_cell(name, name, p))
    })
}

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
