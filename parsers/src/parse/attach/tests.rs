use std::collections::BTreeMap;

use super::*;
use crate::page_text::BBox;
use crate::statement::Cell;

fn block(number: &str, page: u32) -> ClaimBlock {
    let value = Value::Text(number.to_owned());
    let cell = Cell { value, raw: number.to_owned(), page, bbox: BBox::default(), confidence: 0.9 };
    ClaimBlock { header: ClaimHeader { cells: BTreeMap::from([(Field::ClaimNo, cell)]) }, page, y: 60.0 }
}

#[test]
fn a_torn_number_on_the_next_page_is_that_of_the_claim_that_goes_on() {
    let claims = |numbers: &[(&str, u32)]| {
        let blocks: Vec<ClaimBlock> = numbers.iter().map(|(n, page)| block(n, *page)).collect();
        attach(&blocks, &mut [], &mut []).len()
    };
    assert_eq!(claims(&[("348497216514-00", 1), ("3484972", 2)]), 1);
    assert_eq!(claims(&[("348497216514-00", 1), ("3484972", 1)]), 2, "two claims of one page");
    assert_eq!(claims(&[("348497216514-00", 1), ("3484", 2)]), 2, "too little of it");
    assert_eq!(claims(&[("348497216514-00", 1), ("3484999", 2)]), 2);
}
