//! How many times a service was done, where a paper tells it in another way than in a column under its own heading.
//!
//! A bare figure may be anything. Each room knows what makes it a count, and is asked where that can first be seen:
//!
//! * [`leading`]: figures set flush before the words of every row are a column without a heading; while columns are learned.
//! * [`with_sign`]: `x 2` and `2 x` between the day and the amounts; of the lines of a table.
//! * [`by_price`]: figures close to the words, where the price of one beside them proves them; of the lines of a table.
//! * [`by_head`]: `… (4)` under `Description (quantity)`; of the words of a cell.
//! * [`bracketed::behind_code`]: `(82728 x2)`, in one bracket with a code; of the words of a cell.
//! * [`in_words`]: `…, 3 units` at the end of the words, where others of the paper have their counts so behind a code; of the
//!   rows of a paper's tables together.
//! * [`bracketed::take`]: `… (3 units)` at the end of the words, where every service has one, and counts with a label before or
//!   behind the words, `Qty 1 …`; of all rows of a bill.
//! * [`bare`]: `… (4)` behind the words on an EOB, where nothing else counts; of all its rows.
//! * [`items`]: `2 @ 114.83   229.66`, a count that proves its amount, without any columns: a reading of its own, which rests on
//!   [`at_rates`].

mod at_rates;
pub(crate) mod bare;
pub(crate) mod bracketed;
pub(crate) mod by_head;
pub(crate) mod by_price;
pub(crate) mod in_words;
pub(crate) mod items;
pub(crate) mod leading;
pub(crate) mod with_sign;
