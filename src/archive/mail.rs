//! Attachments of an Internet message.

use mail_parser::{Message, MessageParser, MimeHeaders, PartType};

use super::{Entry, HEAD};

/// A picture within the text of a message that is smaller than this is a signature's, not a photographed bill.
const DECORATION: usize = 48 << 10;

/// Fields of which a message has at least two in its first lines.
const FIELDS: [&str; 12] = [
    "received:",
    "return-path:",
    "from:",
    "to:",
    "subject:",
    "date:",
    "message-id:",
    "mime-version:",
    "delivered-to:",
    "reply-to:",
    "content-type:",
    "dkim-signature:",
];

/// Whether the first lines are the header of a message.
pub fn is_mail(head: &[u8]) -> bool {
    let head = &head[..head.len().min(16 << 10)];
    let text = String::from_utf8_lossy(head).to_lowercase();
    let mut lines = text.trim_start_matches('\u{feff}').lines().take_while(|l| !l.trim().is_empty()).peekable();
    let is_field = |l: &str| FIELDS.iter().any(|f| l.starts_with(f));
    let named = |l: &str| l.split_once(':').is_some_and(|(n, _)| n.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
    if !lines.peek().is_some_and(|l| named(l) || l.starts_with("from ")) {
        return false;
    }
    // a letter that was saved as text has `From:` and `Date:` too, but no message number
    let fields: Vec<&str> = lines.filter(|l| is_field(l)).collect();
    let has = |f: &str| fields.iter().any(|l| l.starts_with(f));
    (has("mime-version:") || has("message-id:") || has("received:")) && (has("from:") || has("subject:") || has("date:"))
}

fn message(bytes: &[u8]) -> Result<Message<'_>, String> {
    MessageParser::default().parse(bytes).ok_or_else(|| "the message cannot be read".to_owned())
}

/// Goes through the attachments, without the decoration of the text.
pub fn each_entry(bytes: &[u8], each: &mut dyn FnMut(Entry)) -> Result<(), String> {
    let message = message(bytes)?;
    for (index, part) in message.attachments().enumerate() {
        let content = part.contents();
        let size = content.len();
        let shown = part.content_id().is_some() || matches!(part.body, PartType::InlineBinary(_));
        let picture = part.content_type().is_some_and(|t| t.ctype() == "image");
        if (shown && picture && size < DECORATION) || matches!(part.body, PartType::Multipart(_)) {
            continue;
        }
        let kind = match &part.body {
            PartType::Message(_) => "eml",
            PartType::Text(_) => "txt",
            PartType::Html(_) => "html",
            _ => "dat",
        };
        let name =
            part.attachment_name().map_or_else(|| format!("attachment {}.{kind}", index + 1), |n| n.replace(['/', '\\'], "_"));
        let head = Ok(content[..size.min(HEAD)].to_vec());
        each(Entry { name, index, bytes: size as u64, packed: size as u64, head });
    }
    Ok(())
}

/// The bytes of an attachment.
pub fn bytes_of(bytes: &[u8], index: usize, most: usize) -> Result<Vec<u8>, String> {
    let message = message(bytes)?;
    let part = message.attachments().nth(index).ok_or("the message has no such attachment")?;
    let content = part.contents();
    if content.len() > most { Err(format!("refused: larger than {} MiB", most >> 20)) } else { Ok(content.to_vec()) }
}
