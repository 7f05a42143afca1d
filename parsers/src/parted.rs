//! Words that recognition has parted where there is no space: `COUNT Y HOSPITAL`.
//!
//! How wide a space is differs from face to face, but not within one: what stands much closer together than the words of the
//! same size on the same page do is one word.

use std::collections::HashSet;

use crate::grammar::{date, money};
use crate::page_text::{TextSource, Word};
use crate::run_together;
use crate::text_lines::{Line, median};

/// What is no more than this share of a space is none.
const NO_SPACE: f32 = 0.45;
/// The same behind a T, whose arms leave room under them that is read as a space.
const BEHIND_T: f32 = 0.7;
/// The same within a word that stands elsewhere on the page in one.
const KNOWN_WORD: f32 = 0.85;
/// So many spaces of one size must be known to say how wide they are.
const KNOWN: usize = 12;
/// Wider gaps, in heights, part columns.
const COLUMN: f32 = 1.2;
/// Sizes are alike within this share.
const ALIKE: f32 = 0.15;

/// Height and gap, as a share of it, of two neighbouring recognised words of letters.
fn gap(a: &Word, b: &Word) -> Option<(f32, f32)> {
    let letters = |w: &Word| w.source == TextSource::Ocr && w.text.trim_end_matches([',', '.']).chars().all(char::is_alphabetic);
    let (height, other) = (a.bbox.height(), b.bbox.height());
    let alike = (height - other).abs() <= ALIKE * height.max(other);
    let share = (b.bbox.x0 - a.bbox.x1) / height.max(0.1);
    (alike && letters(a) && letters(b) && share > 0.0 && share < COLUMN).then_some((height, share))
}

/// Thousands and hundreds of one amount stand no farther apart than this, in heights: the pitch of a typewriter face and a bit.
const THOUSANDS: f32 = 0.95;

/// Joins what is parted on the lines of a page.
pub(crate) fn join(lines: &mut [Line]) {
    lines.iter_mut().for_each(join_thousands);
    lines.iter_mut().for_each(join_days);
    lines.iter_mut().for_each(join_dollars);
    let gaps: Vec<(f32, f32)> = lines.iter().flat_map(|l| l.words.windows(2)).filter_map(|w| gap(&w[0], &w[1])).collect();
    // Digital text has its words from its own spaces.
    if gaps.is_empty() {
        return;
    }
    let space = |height: f32| {
        let like: Vec<f32> = gaps.iter().filter(|g| (g.0 - height).abs() <= ALIKE * height).map(|g| g.1).collect();
        if like.len() < KNOWN { None } else { median(like) }
    };
    let words: HashSet<String> = lines
        .iter()
        .flat_map(|l| &l.words)
        .map(|w| bare(&w.text))
        .filter(|w| w.chars().count() >= 5)
        .map(str::to_owned)
        .collect();
    for line in lines {
        let mut i = 1;
        while i < line.words.len() {
            let (a, b) = (&line.words[i - 1], &line.words[i]);
            // A point or comma ends a word.
            let open =
                a.text.ends_with(char::is_alphabetic) && same_case(&a.text, &b.text) && !run_together::are_two(&a.text, &b.text);
            // Most gaps are spaces beyond doubt; only the narrow ones are worth measuring.
            let Some((height, share)) = gap(a, b).filter(|(_, share)| open && *share < 0.5 * COLUMN) else {
                i += 1;
                continue;
            };
            // slanting letters are set close behind a T even over a space: `EXT JOINT`, `PATIENT VISIT`, but `COUNT Y`
            let slants = b.text.starts_with(['A', 'J', 'V', 'W', 'Y']) && b.text.chars().count() > 2;
            let behind_t = (a.text.ends_with('T') || b.text == "T") && !slants;
            let known = |n: usize| {
                let part: Option<String> = line.words.get(i - 1..i + n).map(|w| w.iter().map(|w| w.text.as_str()).collect());
                part.is_some_and(|p| words.contains(bare(&p)))
            };
            let none = if known(1) || known(2) {
                KNOWN_WORD
            } else if behind_t {
                BEHIND_T
            } else {
                NO_SPACE
            };
            let beside = || line.words.windows(2).filter_map(|w| gap(&w[0], &w[1])).filter(|g| g.1 * NO_SPACE > share).count();
            let joined = space(height).is_some_and(|s| share < none * s) || beside() >= 2;
            if !joined {
                i += 1;
                continue;
            }
            let b = line.words.remove(i);
            let a = &mut line.words[i - 1];
            a.text.push_str(&b.text);
            a.bbox = a.bbox.union(b.bbox);
            a.confidence = a.confidence.min(b.confidence);
            a.alternatives.clear();
        }
    }
}

/// How many figures a group of thousands lacks: one in `5,59`. None where it is whole.
fn lacks_figures(text: &str) -> Option<usize> {
    let figure = text.trim_start_matches(['$', '-', '(']);
    let (front, group) = figure.rsplit_once(',')?;
    let plain = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit() || b == b',');
    (plain(front) && plain(group) && group.len() < 3).then(|| 3 - group.len())
}

/// `$1` `18.64` becomes `$118.64`: statements print no dollars without their cents. And `5,59` `7.18` becomes `5,597.18`: no
/// group of thousands has two figures.
fn join_dollars(line: &mut Line) {
    let dollars = |t: &str| {
        let figure = t.trim_start_matches(['-', '(']).strip_prefix('$').unwrap_or_default();
        !figure.is_empty() && figure.bytes().all(|b| b.is_ascii_digit() || b == b',')
    };
    let mut i = 0;
    while i + 1 < line.words.len() {
        let (a, b) = (&line.words[i], &line.words[i + 1]);
        let figures = b.text.bytes().take_while(u8::is_ascii_digit).count();
        let wanting = lacks_figures(&a.text).is_some_and(|n| n == figures && b.text[figures..].starts_with('.'));
        let reach = if wanting { THOUSANDS } else { 0.5 };
        let near = b.bbox.x0 - a.bbox.x1 < reach * a.bbox.height().max(b.bbox.height());
        let recognised = a.source == TextSource::Ocr && b.source == TextSource::Ocr;
        let whole = format!("{}{}", a.text, b.text);
        let grouped = whole.contains(',') || whole.bytes().take_while(|c| *c != b'.').filter(u8::is_ascii_digit).count() <= 3;
        if recognised
            && near
            && (wanting || dollars(&a.text))
            && b.text.starts_with(|c: char| c.is_ascii_digit() || c == ',')
            && grouped
            && money::money(&whole).is_some()
        {
            let b = line.words.remove(i + 1);
            let a = &mut line.words[i];
            a.alternatives = b.alternatives.iter().map(|(text, p)| (format!("{}{text}", a.text), *p)).collect();
            a.text = whole;
            a.bbox = a.bbox.union(b.bbox);
            a.confidence = a.confidence.min(b.confidence);
        }
        i += 1;
    }
}

/// `04/1` `9/25` becomes `04/19/25`: by itself the first part would be another day.
fn join_days(line: &mut Line) {
    let figures = |t: &str| t.bytes().all(|b| b.is_ascii_digit() || b == b'/');
    let mut i = 0;
    while i + 1 < line.words.len() {
        let (a, b) = (&line.words[i], &line.words[i + 1]);
        let near = b.bbox.x0 - a.bbox.x1 < 0.6 * a.bbox.height().max(b.bbox.height());
        let recognised = a.source == TextSource::Ocr && b.source == TextSource::Ocr;
        let whole = format!("{}{}", a.text, b.text);
        let day = |t: &str| date::date(t).is_some_and(|d| d.year.is_some());
        let parted = figures(&whole) && whole.matches('/').count() == 2 && (8..=10).contains(&whole.len());
        if recognised && near && parted && day(&whole) && !day(&a.text) {
            let b = line.words.remove(i + 1);
            let a = &mut line.words[i];
            a.text = whole;
            a.bbox = a.bbox.union(b.bbox);
            a.confidence = a.confidence.min(b.confidence);
            a.alternatives.clear();
        }
        i += 1;
    }
}

/// `4,` `283.96`, `4` `,283.96` and `4` `,` `283.96` become `4,283.96`; without a comma they are two figures.
fn join_thousands(line: &mut Line) {
    let head = |w: &Word| {
        let digits = w.text.trim_start_matches(['$', '-', '(']).trim_end_matches(',');
        w.source == TextSource::Ocr && (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    };
    let tail = |w: &Word| {
        let figure = w.text.trim_start_matches(',').trim_end_matches(['-', ')', '*']).trim_end_matches("CR");
        let (hundreds, rest) = figure.split_at_checked(3).unwrap_or_default();
        let cents = |t: &str| t.len() == 3 && t.starts_with('.') && t[1..].bytes().all(|b| b.is_ascii_digit());
        hundreds.len() == 3 && hundreds.bytes().all(|b| b.is_ascii_digit()) && cents(rest)
    };
    let near = |a: &Word, b: &Word| {
        let height = a.bbox.height().max(b.bbox.height());
        let (gap, level) = (b.bbox.x0 - a.bbox.x1, (a.bbox.cy() - b.bbox.cy()).abs());
        gap < THOUSANDS * height && gap > -0.3 * height && level < 0.4 * height
    };
    let mut i = 0;
    while i + 1 < line.words.len() {
        let [a, b, rest @ ..] = &line.words[i..] else { break };
        let lone_comma = b.text == "," && rest.first().is_some_and(|c| near(a, c));
        let last = if lone_comma { rest.first() } else { Some(b) };
        let joined = last.filter(|t| {
            let commas = a.text.ends_with(',') || t.text.starts_with(',') || lone_comma;
            head(a) && tail(t) && commas && near(a, t)
        });
        if let Some(t) = joined {
            let (text, bbox, confidence) = (t.text.clone(), a.bbox.union(t.bbox), a.confidence.min(t.confidence));
            let head = a.text.trim_end_matches(',').to_owned();
            let hundreds = |text: &str| format!("{head},{}", text.trim_start_matches(','));
            let alternatives = t.alternatives.iter().map(|(text, p)| (hundreds(text), *p)).collect();
            let joined = Word { text: hundreds(&text), bbox, confidence, alternatives, ..a.clone() };
            line.words.splice(i..=i + 1 + usize::from(lone_comma), [joined]);
        }
        i += 1;
    }
}

fn bare(text: &str) -> &str {
    text.trim_end_matches([',', '.', ':'])
}

/// Whether two parts can belong to one word: capitals to capitals, small letters to either.
fn same_case(a: &str, b: &str) -> bool {
    let capitals = |t: &str| t.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
    if capitals(a) && a.chars().count() > 1 {
        capitals(b)
    } else {
        b.starts_with(char::is_lowercase) || capitals(a) && capitals(b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::BBox;

    /// Lines of words seven points high; each word begins so far behind the one before it.
    fn lines(all: &[&[(f32, &str)]]) -> Vec<Line> {
        let line = |words: &[(f32, &str)]| {
            let mut x = 40.0;
            let words: Vec<Word> = words
                .iter()
                .map(|(gap, text)| {
                    x += gap;
                    let bbox = BBox::new(x, 10.0, x + 4.0 * text.len() as f32, 17.0);
                    x = bbox.x1;
                    Word { source: TextSource::Ocr, ..Word::digital(*text, bbox) }
                })
                .collect();
            Line { page: 1, bbox: words[0].bbox, words, phrase_gap: 4.0 }
        };
        all.iter().map(|l| line(l)).collect()
    }

    #[test]
    fn dollars_parted_from_their_hundreds_are_one_amount() {
        let joined = |words: &[(f32, &str)]| {
            let mut all = lines(&[words]);
            join(&mut all);
            all[0].words.iter().map(|w| w.text.clone()).collect::<Vec<_>>()
        };
        assert_eq!(joined(&[(0.0, "$1"), (2.0, "18.64")]), ["$118.64"]);
        assert_eq!(joined(&[(0.0, "$1"), (9.0, "18.64")]), ["$1", "18.64"], "in another column");
        assert_eq!(joined(&[(0.0, "$1.00"), (2.0, "18.64")]), ["$1.00", "18.64"]);
        assert_eq!(joined(&[(0.0, "5,59"), (5.0, "7.18CR")]), ["5,597.18CR"]);
        assert_eq!(joined(&[(0.0, "5,59"), (5.0, "47.18")]), ["5,59", "47.18"], "a figure too many");
    }

    const USUAL: &[(f32, &str)] =
        &[(0.0, "THIS"), (3.5, "IS"), (3.4, "HOW"), (3.6, "WIDE"), (3.5, "A"), (3.5, "SPACE"), (3.4, "IS"), (3.5, "HERE")];

    #[test]
    fn what_stands_closer_than_words_do_is_one() {
        let mut l =
            lines(&[USUAL, USUAL, &[(0.0, "COUNT"), (1.4, "Y"), (3.5, "CLINIC")], &[(0.0, "ELEC"), (1.2, "T"), (1.3, "RODE")]]);
        join(&mut l);
        assert_eq!((l[2].text().as_str(), l[3].text().as_str()), ("COUNTY CLINIC", "ELECTRODE"));
        let mut paid = lines(&[USUAL, USUAL, &[(0.0, "PMT"), (1.4, "LAKESIDE"), (3.5, "PLAN")]]);
        join(&mut paid);
        assert_eq!(paid[2].text(), "PMT LAKESIDE PLAN");
        let mut mine =
            lines(&[USUAL, USUAL, &[(0.0, "Hospital"), (0.9, "for"), (3.5, "Jane")], &[(0.0, "Hospitable"), (0.9, "for")]]);
        join(&mut mine);
        assert_eq!((mine[2].text().as_str(), mine[3].text().as_str()), ("Hospital for Jane", "Hospitablefor"));
        assert_eq!(l[0].text(), "THIS IS HOW WIDE A SPACE IS HERE");
    }

    #[test]
    fn a_word_known_from_elsewhere_or_a_t_speaks_for_a_wider_gap() {
        let known: &[(f32, &str)] = &[(0.0, "REGIONAL"), (3.5, "CENTER")];
        let parted = |x: f32, y: f32| {
            let mut l = lines(&[
                USUAL,
                USUAL,
                known,
                &[(0.0, "CENT"), (x, "ER")],
                &[(0.0, "SUBT"), (y, "OTAL")],
                &[(0.0, "CARD"), (y, "IAC")],
                &[(0.0, "PATIENT"), (y, "VISIT")],
            ]);
            join(&mut l);
            [l[3].text(), l[4].text(), l[5].text(), l[6].text()]
        };
        assert_eq!(parted(2.8, 2.2), ["CENTER", "SUBTOTAL", "CARD IAC", "PATIENT VISIT"]);
        assert_eq!(parted(3.3, 2.8), ["CENT ER", "SUBT OTAL", "CARD IAC", "PATIENT VISIT"]);
    }

    #[test]
    fn an_amount_parted_at_its_comma_is_one() {
        let text = |words: &[(f32, &str)]| {
            let mut l = lines(&[words]);
            join(&mut l);
            l[0].text()
        };
        assert_eq!(text(&[(0.0, "1"), (80.0, "4,"), (5.4, "283.96")]), "1 4,283.96");
        assert_eq!(text(&[(0.0, "4"), (0.6, ","), (1.2, "559.15-"), (30.0, "7")]), "4,559.15- 7");
        assert_eq!(text(&[(0.0, "$1"), (6.0, ",341.54CR")]), "$1,341.54CR");
        for apart in [[(0.0, "1"), (5.4, "283.96")], [(0.0, "4,"), (9.0, "283.96")], [(0.0, "4,"), (5.4, "28.96")]] {
            assert_eq!(text(&apart), format!("{} {}", apart[0].1, apart[1].1));
        }
    }

    #[test]
    fn a_day_parted_within_is_one() {
        let text = |words: &[(f32, &str)]| {
            let mut l = lines(&[words]);
            join(&mut l);
            l[0].text()
        };
        assert_eq!(text(&[(0.0, "04/1"), (2.4, "9/25"), (30.0, "0360")]), "04/19/25 0360");
        assert_eq!(text(&[(0.0, "04/19/25"), (2.4, "04/20/25")]), "04/19/25 04/20/25");
        assert_eq!(text(&[(0.0, "04/1"), (30.0, "9/25")]), "04/1 9/25");
    }

    #[test]
    fn other_cases_figures_and_unknown_spaces_stay_apart() {
        let mut l =
            lines(&[USUAL, USUAL, &[(0.0, "Total"), (1.2, "Due")], &[(0.0, "LVL"), (1.2, "4")], &[(0.0, "ROE,"), (1.2, "JANE")]]);
        join(&mut l);
        assert_eq!([l[2].text(), l[3].text(), l[4].text()], ["Total Due", "LVL 4", "ROE, JANE"]);
        let mut few = lines(&[&[(0.0, "COUNT"), (1.4, "Y"), (3.5, "CLINIC")]]);
        join(&mut few);
        assert_eq!(few[0].text(), "COUNT Y CLINIC");
        let mut line = lines(&[&[(0.0, "NORTH"), (5.8, "SHORE"), (5.9, "CEN"), (1.8, "T"), (1.8, "ER")]]);
        join(&mut line);
        assert_eq!(line[0].text(), "NORTH SHORE CENTER", "two wide spaces on the line tell");
    }
}
