//! The one cheap change that makes the equations hold.

use std::collections::BTreeMap;

use super::equations::System;
use crate::record::Money;

/// A change that leaves more doubt than this is not made: what it is worth is a guess.
const MOST_DOUBT: f32 = 6.0;
/// A change must be so much less doubtful than the next one that does as much: e² times as likely.
const MARGIN: f32 = 2.0;
/// More figures than this are not changed on one statement: it was not read at all then.
const MOST_CHANGES: usize = 40;
/// Pairs of changes are looked for among so many readings.
const MOST_READINGS: usize = 400;

/// One figure read as something else.
#[derive(Debug, Clone)]
struct Change {
    figure: usize,
    to: Money,
    doubt: f32,
    /// The equations that hold with it and did not before.
    fixes: Vec<usize>,
}

impl Change {
    /// Whether it is clearly to be preferred to another one.
    fn beats(&self, other: &Self) -> bool {
        self.fixes.len() > other.fixes.len() || self.fixes.len() == other.fixes.len() && self.doubt + MARGIN <= other.doubt
    }
}

/// Makes the changes; gives the figures changed, each with its value before.
pub fn solve(system: &mut System) -> Vec<(usize, Money)> {
    let mut before: BTreeMap<usize, Money> = BTreeMap::new();
    while before.len() < MOST_CHANGES {
        let changes = single(system).map(|c| vec![c]).or_else(|| pair(system)).unwrap_or_default();
        if changes.is_empty() {
            break;
        }
        for c in changes {
            before.entry(c.figure).or_insert(system.figures[c.figure].value);
            system.figures[c.figure].value = c.to;
        }
    }
    before.into_iter().filter(|(f, old)| system.figures[*f].value != *old).collect()
}

/// Figures that stand in broken equations and in no other: what an equation proves is not changed.
fn open_figures(system: &System) -> Vec<(usize, Vec<usize>)> {
    let mut of: Vec<Vec<usize>> = vec![Vec::new(); system.figures.len()];
    let mut proven = vec![false; system.figures.len()];
    for (i, e) in system.equations.iter().enumerate() {
        let holds = system.holds(e);
        for (f, _) in &e.terms {
            if holds { proven[*f] = true } else { of[*f].push(i) }
        }
    }
    of.into_iter().enumerate().filter(|(f, broken)| !broken.is_empty() && !proven[*f]).collect()
}

fn single(system: &System) -> Option<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for (figure, broken) in open_figures(system) {
        let now = system.figures[figure].value;
        let mut wanted: BTreeMap<Money, Vec<usize>> = BTreeMap::new();
        for &e in &broken {
            let equation = &system.equations[e];
            let off = system.residual(equation);
            let signs: i8 = equation.terms.iter().filter(|t| t.0 == figure).map(|t| t.1).sum();
            match signs {
                1 => wanted.entry(now - off).or_default().push(e),
                -1 => wanted.entry(now + off).or_default().push(e),
                _ => {}
            }
        }
        for (to, fixes) in wanted {
            let refuted = broken.iter().any(|e| !fixes.contains(e) && !has_other_doubt(system, *e, figure));
            let Some(evidence) = system.figures[figure].print.for_value(to) else { continue };
            // A sum with several shaky figures holds with many a wrong digit in one of them.
            let alone =
                |e: &usize| !system.equations[*e].terms.iter().any(|(f, _)| *f != figure && system.figures[*f].print.is_shaky());
            let borne_out = evidence.seen || fixes.len() >= 2 || fixes.iter().all(alone);
            let doubt = evidence.doubt;
            if doubt <= MOST_DOUBT && !refuted && borne_out {
                changes.push(Change { figure, to, doubt, fixes });
            }
        }
    }
    // The change must be the best for every equation that it mends.
    let best = |c: &Change| {
        changes
            .iter()
            .filter(|o| (o.figure, o.to) != (c.figure, c.to) && o.fixes.iter().any(|e| c.fixes.contains(e)))
            .all(|o| c.beats(o))
    };
    let most = |a: &&Change, b: &&Change| {
        a.fixes.len().cmp(&b.fixes.len()).then(b.doubt.total_cmp(&a.doubt)).then(b.figure.cmp(&a.figure))
    };
    changes.iter().filter(|c| best(c)).max_by(most).cloned()
}

/// Whether an equation may be broken by another figure than this one.
fn has_other_doubt(system: &System, equation: usize, figure: usize) -> bool {
    system.equations[equation].terms.iter().any(|(f, _)| *f != figure && system.figures[*f].print.is_doubtful())
}

/// Two figures of one equation that were both misread, each with another reading to show for it.
fn pair(system: &System) -> Option<Vec<Change>> {
    let open = open_figures(system);
    for (e, equation) in system.equations.iter().enumerate().filter(|(_, e)| !system.holds(e)) {
        let off = system.residual(equation);
        let mut readings: Vec<(usize, Money, f32, Money)> = Vec::new();
        for (f, sign) in &equation.terms {
            if !open.iter().any(|o| o.0 == *f) {
                continue;
            }
            let figure = &system.figures[*f];
            for (m, doubt) in figure.print.others() {
                let shift = *m - figure.value;
                readings.push((*f, *m, *doubt, if *sign < 0 { -shift } else { shift }));
            }
        }
        if readings.len() > MOST_READINGS {
            continue;
        }
        let mut found: Vec<[usize; 2]> = Vec::new();
        for (i, a) in readings.iter().enumerate() {
            for (j, b) in readings.iter().enumerate().skip(i + 1) {
                if a.0 != b.0 && off + a.3 + b.3 == Money::ZERO && a.2 + b.2 <= MOST_DOUBT {
                    found.push([i, j]);
                }
            }
        }
        if let [both] = found[..] {
            let change = |i: usize| Change { figure: readings[i].0, to: readings[i].1, doubt: readings[i].2, fixes: vec![e] };
            return Some(both.map(change).to_vec());
        }
    }
    None
}
