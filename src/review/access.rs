//! Who is let in: whoever holds the link that was printed, once; and only by the address that it names.
//!
//! A page on the internet can make a browser send requests to this machine. It knows neither the port nor the token, cannot
//! read the cookie, and its own address stands in `Origin`; a name of its own that it has pointed at this machine stands in
//! `Host` (DNS rebinding). Each of the four is looked at.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// Name of the cookie.
pub const COOKIE: &str = "billproof_review";

/// Bytes of a token.
const TOKEN: usize = 32;

/// The lock on the door.
#[derive(Debug)]
pub struct Access {
    port: u16,
    link: Option<String>,
    session: String,
}

/// Why a request is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It names another host.
    Host,
    /// It comes from another page.
    Origin,
    /// It has no session.
    Session,
}

impl Access {
    /// A lock for the port, with tokens from the system's random numbers.
    pub fn new(port: u16) -> Result<Self, getrandom::Error> {
        Ok(Self { port, link: Some(token()?), session: token()? })
    }

    /// The link that lets one browser in.
    pub fn link(&self) -> Option<String> {
        self.link.as_ref().map(|token| format!("http://127.0.0.1:{}/enter?token={token}", self.port))
    }

    /// Takes the token of the link; the value of the cookie if it is right. It is right once.
    pub fn enter(&mut self, token: &str) -> Option<String> {
        let right = self.link.as_ref().is_some_and(|link| same(link, token));
        if !right {
            return None;
        }
        self.link = None;
        Some(format!("{COOKIE}={}; HttpOnly; SameSite=Strict; Path=/", self.session))
    }

    /// Looks at the address that a request names, and at the page that it comes from. One that changes something must say
    /// where it comes from.
    pub fn check_address(&self, host: Option<&str>, origin: Option<&str>, changes: bool) -> Result<(), Refused> {
        let own = [format!("127.0.0.1:{}", self.port), format!("localhost:{}", self.port)];
        if !host.is_some_and(|h| own.iter().any(|o| o == h)) {
            return Err(Refused::Host);
        }
        match origin {
            Some(origin) if own.iter().any(|o| origin.strip_prefix("http://") == Some(o)) => Ok(()),
            None if !changes => Ok(()),
            _ => Err(Refused::Origin),
        }
    }

    /// Looks at the cookies of a request.
    pub fn check_session(&self, cookies: Option<&str>) -> Result<(), Refused> {
        let given = cookies.into_iter().flat_map(|c| c.split(';')).filter_map(|c| c.trim().split_once('='));
        let mut sessions = given.filter(|(name, _)| *name == COOKIE).map(|(_, value)| value);
        if sessions.any(|s| same(s, &self.session)) { Ok(()) } else { Err(Refused::Session) }
    }
}

fn token() -> Result<String, getrandom::Error> {
    let mut bytes = [0; TOKEN];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().fold(String::with_capacity(2 * TOKEN), |mut text, b| {
        // Writing to a string does not fail.
        let _ = write!(text, "{b:02x}");
        text
    }))
}

/// Compared by their hashes, so that the time it takes says nothing about where they part.
fn same(a: &str, b: &str) -> bool {
    Sha256::digest(a.as_bytes()) == Sha256::digest(b.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token_of(access: &Access) -> String {
        access.link().unwrap().split_once("token=").unwrap().1.to_owned()
    }

    #[test]
    fn the_link_lets_in_once() {
        let mut access = Access::new(4000).unwrap();
        let token = token_of(&access);
        assert!(access.enter(&token[1..]).is_none());
        let cookie = access.enter(&token).unwrap();
        assert!(access.enter(&token).is_none() && access.link().is_none());
        let pair = cookie.split(';').next().unwrap();
        assert_eq!(access.check_session(Some(&format!("a=b; {pair}"))), Ok(()));
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
    }

    #[test]
    fn nobody_else_is_let_in() {
        let access = Access::new(4000).unwrap();
        assert_eq!(access.check_session(None), Err(Refused::Session));
        assert_eq!(access.check_session(Some(&format!("{COOKIE}="))), Err(Refused::Session));
        assert_ne!(Access::new(4000).unwrap().session, access.session);
    }

    #[test]
    fn only_by_its_own_address_and_from_its_own_page() {
        let access = Access::new(4000).unwrap();
        let check = |host, origin, changes| access.check_address(host, origin, changes);
        assert_eq!(check(Some("127.0.0.1:4000"), None, false), Ok(()));
        assert_eq!(check(Some("localhost:4000"), Some("http://localhost:4000"), true), Ok(()));
        for host in
            [None, Some("127.0.0.1"), Some("127.0.0.1:4001"), Some("rebound.example:4000"), Some("127.0.0.1:4000.example")]
        {
            assert_eq!(check(host, None, false), Err(Refused::Host), "{host:?}");
        }
        for origin in ["null", "https://127.0.0.1:4000", "http://127.0.0.1:4001", "http://evil.example", ""] {
            assert_eq!(check(Some("127.0.0.1:4000"), Some(origin), false), Err(Refused::Origin), "{origin}");
        }
        assert_eq!(check(Some("127.0.0.1:4000"), None, true), Err(Refused::Origin));
    }
}
