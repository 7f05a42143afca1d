//! From a recogniser's scores per step to characters with places and doubts (connectionist temporal classification:
//! one class per step, repeats merged, blanks dropped).

/// One character read.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The character; a space between words.
    pub character: char,
    /// Its probability, 0..1.
    pub confidence: f32,
    /// The middle of its steps.
    pub step: f32,
    /// What it may be instead: another character, or nothing at all.
    pub runner_up: Option<(Option<char>, f32)>,
}

/// A character, or a space, that may stand at a step where nothing was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Ghost {
    /// The character.
    pub character: char,
    /// Its probability.
    pub confidence: f32,
    /// Its step.
    pub step: f32,
}

/// A doubt below this is not worth an alternative reading.
const LEAST_DOUBT: f32 = 0.03;
/// A character that was passed over for nothing is kept in mind from here on.
const LEAST_GHOST: f32 = 0.08;

/// Decodes `steps` rows of probabilities over `classes`; `classes[0]` is the blank.
pub fn decode(probabilities: &[f32], classes: &[Option<char>]) -> (Vec<Reading>, Vec<Ghost>) {
    let mut readings: Vec<Reading> = Vec::new();
    let mut ghosts: Vec<Ghost> = Vec::new();
    let mut previous: Option<char> = None;
    let mut run = 0u32;
    for (step, row) in probabilities.chunks_exact(classes.len().max(1)).enumerate() {
        let (best, second) = top_two(row);
        let step = step as f32;
        match classes[best] {
            None => {
                if let Some(character) = classes[second]
                    && row[second] >= LEAST_GHOST
                    && previous != Some(character)
                {
                    ghosts.push(Ghost { character, confidence: row[second], step });
                }
            }
            Some(character) => {
                let runner_up = (row[second] >= LEAST_DOUBT).then(|| (classes[second], row[second]));
                match readings.last_mut() {
                    Some(last) if previous == Some(character) => {
                        // The same character goes on: its best step speaks for it.
                        run += 1;
                        last.step += (step - last.step) / (run + 1) as f32;
                        if row[best] > last.confidence {
                            last.confidence = row[best];
                            last.runner_up = runner_up;
                        }
                    }
                    _ => {
                        run = 0;
                        readings.push(Reading { character, confidence: row[best], step, runner_up });
                    }
                }
            }
        }
        previous = classes[best];
    }
    // A ghost beside a character that was read is that character's own edge.
    ghosts.retain(|g| !readings.iter().any(|r| r.character == g.character && (r.step - g.step).abs() <= 2.5));
    (readings, ghosts)
}

fn top_two(row: &[f32]) -> (usize, usize) {
    let (mut best, mut second) = (0, usize::from(row.len() > 1));
    if row.len() > 1 && row[1] > row[0] {
        (best, second) = (1, 0);
    }
    for (i, p) in row.iter().enumerate().skip(2) {
        if *p > row[best] {
            second = best;
            best = i;
        } else if *p > row[second] {
            second = i;
        }
    }
    (best, second)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLASSES: [Option<char>; 4] = [None, Some('1'), Some('-'), Some(' ')];

    #[test]
    fn repeats_merge_and_blanks_part() {
        let rows = [[0.0, 0.9, 0.1, 0.0], [0.1, 0.8, 0.1, 0.0], [0.9, 0.1, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]].concat();
        let (readings, _) = decode(&rows, &CLASSES);
        assert_eq!(readings.iter().map(|r| r.character).collect::<String>(), "11");
        assert_eq!(readings[0].step, 0.5);
        assert_eq!(readings[0].runner_up, Some((Some('-'), 0.1)));
        assert_eq!(readings[1].step, 3.0);
    }

    #[test]
    fn what_was_passed_over_is_kept_in_mind() {
        let rows = [[0.7, 0.0, 0.3, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]].concat();
        let (readings, ghosts) = decode(&rows, &CLASSES);
        assert_eq!(readings.len(), 1);
        assert_eq!(ghosts, [Ghost { character: '-', confidence: 0.3, step: 0.0 }]);
    }
}
