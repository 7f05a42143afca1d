//! Answers one browser on this machine.

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Form, Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::access::{Access, Refused};
use super::desk::{Desk, DeskError, Entered};
use super::pages::{Pages, next_open};
use crate::decisions::Verdict;
use crate::pipeline::{self, AuditError};
use crate::report::{file_names, folder};

/// The longest form that is taken, in bytes.
const MOST_FORM: usize = 64 << 10;

/// Nothing from elsewhere is loaded, and no other page may frame this one.
const POLICY: &str = "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";

/// What to review, and how.
#[derive(Debug, Clone)]
pub struct ReviewOptions {
    /// Output folder of an audit.
    pub out: PathBuf,
    /// Port of this machine; any free one if `None`.
    pub port: Option<u16>,
    /// Who decides, as decisions.csv says it.
    pub by: String,
    /// Threads for drawing pictures.
    pub jobs: NonZeroUsize,
}

/// Why there is no review.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// The audit cannot be taken up.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// A template: a fault of billproof's own.
    #[error("a page cannot be set: {0}")]
    Template(#[from] minijinja::Error),
    /// The system gives no random numbers for the link.
    #[error("no link can be made: {0}")]
    Random(#[from] getrandom::Error),
    /// The port.
    #[error("cannot listen on this machine: {0}")]
    Listen(#[from] io::Error),
}

/// What the answers are made from.
struct Room {
    desk: Mutex<Desk>,
    access: Mutex<Access>,
    pages: Pages,
}

impl Room {
    /// A request that broke off has changed either all or nothing on disk, so the desk may be used again.
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn access(&self) -> MutexGuard<'_, Access> {
        self.access.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Shared = State<Arc<Room>>;

/// Serves until interrupted. Prints the link to `to`, and when it is done brings the evidence report up to date.
pub fn serve(options: &ReviewOptions, to: &mut dyn Write) -> Result<(), ReviewError> {
    let desk = Desk::open(&options.out, &options.by)?;
    if !options.out.join(folder::FOLDER).join(file_names::INDEX).is_file() {
        renew_report(options);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port.unwrap_or(0)));
        let listener = tokio::net::TcpListener::bind(address).await?;
        let access = Access::new(listener.local_addr()?.port())?;
        writeln!(to, "Open this link in a browser on this machine; it works once:\n\n  {}\n", access.link().unwrap_or_default())?;
        writeln!(to, "Decisions and corrections are kept in {}. End with Ctrl-C.", options.out.display())?;
        to.flush()?;
        let room = Arc::new(Room { desk: Mutex::new(desk), access: Mutex::new(access), pages: Pages::new()? });
        axum::serve(listener, router(room)).with_graceful_shutdown(interrupted()).await?;
        Ok::<(), ReviewError>(())
    })?;
    renew_report(options);
    Ok(())
}

async fn interrupted() {
    // Where no signal can be waited for, the process is ended from outside.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// A report that cannot be built takes nothing away from what was decided.
fn renew_report(options: &ReviewOptions) {
    if let Err(error) = pipeline::report(&options.out, &[], options.jobs) {
        tracing::warn!("the evidence report could not be renewed: {error}");
    }
}

fn router(room: Arc<Room>) -> Router {
    Router::new()
        .route("/", get(list))
        .route("/finding/{flag_id}", get(show).post(decide))
        .route("/finding/{flag_id}/row", axum::routing::post(correct))
        .route("/picture/{name}", get(picture))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&room), let_in))
        .route("/enter", get(enter))
        // A browser asks for one, and its console should show faults only.
        .route("/icon", get(|| async { StatusCode::NO_CONTENT }))
        .route("/review.css", get(|| async { ([(header::CONTENT_TYPE, "text/css")], include_str!("templates/review.css")) }))
        .route("/keys.js", get(|| async { ([(header::CONTENT_TYPE, "text/javascript")], include_str!("templates/keys.js")) }))
        .layer(middleware::from_fn_with_state(Arc::clone(&room), look_at_address))
        .layer(DefaultBodyLimit::max(MOST_FORM))
        .with_state(room)
}

fn text<'h>(headers: &'h HeaderMap, name: &header::HeaderName) -> Option<&'h str> {
    headers.get(name).map(|v| v.to_str().unwrap_or(""))
}

async fn look_at_address(State(room): Shared, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let changes = request.method() != Method::GET && request.method() != Method::HEAD;
    let checked = room.access().check_address(text(headers, &header::HOST), text(headers, &header::ORIGIN), changes);
    let mut response = match checked {
        Ok(()) => next.run(request).await,
        Err(why) => refused(why),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn let_in(State(room): Shared, request: Request, next: Next) -> Response {
    let checked = room.access().check_session(text(request.headers(), &header::COOKIE));
    match checked {
        Ok(()) => next.run(request).await,
        Err(why) => refused(why),
    }
}

fn refused(why: Refused) -> Response {
    let said = match why {
        Refused::Host | Refused::Origin => "This page answers only to itself.",
        Refused::Session => {
            "This link is used up or was not given to this browser. Start `billproof review` again for a new one."
        }
    };
    (StatusCode::FORBIDDEN, said).into_response()
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    token: String,
}

async fn enter(State(room): Shared, Query(Token { token }): Query<Token>) -> Response {
    let cookie = room.access().enter(&token);
    match cookie.and_then(|c| HeaderValue::from_str(&c).ok()) {
        Some(cookie) => ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response(),
        None => refused(Refused::Session),
    }
}

async fn list(State(room): Shared) -> Response {
    let cases = room.desk().cases();
    set(room.pages.list(&cases, None).map(Some))
}

async fn show(State(room): Shared, Path(flag_id): Path<String>) -> Response {
    page(&room, &flag_id, None)
}

fn page(room: &Room, flag_id: &str, said: Option<&str>) -> Response {
    let (cases, out) = {
        let desk = room.desk();
        (desk.cases(), desk.dir().to_owned())
    };
    set(room.pages.finding(&cases, flag_id, &out, said))
}

fn set(page: Result<Option<String>, minijinja::Error>) -> Response {
    match page {
        Ok(Some(page)) => Html(page).into_response(),
        Ok(None) => (StatusCode::NOT_FOUND, "There is no such finding (any more).").into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("The page cannot be set: {error}")).into_response(),
    }
}

#[derive(Deserialize)]
struct DecisionForm {
    verdict: String,
    #[serde(default)]
    note: String,
}

async fn decide(State(room): Shared, Path(flag_id): Path<String>, Form(form): Form<DecisionForm>) -> Response {
    let verdict = match form.verdict.as_str() {
        "confirmed" => Some(Verdict::Confirmed),
        "dismissed" => Some(Verdict::Dismissed),
        "fixed" => Some(Verdict::Fixed),
        "" => None,
        _ => return (StatusCode::BAD_REQUEST, "There is no such verdict.").into_response(),
    };
    let decided = room.desk().decide(&flag_id, verdict, &form.note);
    match decided {
        Ok(()) if verdict.is_none() => to_finding(&flag_id),
        Ok(()) => {
            next_open(&room.desk().cases(), &flag_id).map_or_else(|| Redirect::to("/").into_response(), |id| to_finding(&id))
        }
        Err(error) => failed(&room, &flag_id, &error),
    }
}

fn to_finding(flag_id: &str) -> Response {
    Redirect::to(&format!("/finding/{flag_id}")).into_response()
}

async fn correct(State(room): Shared, Path(flag_id): Path<String>, Form(fields): Form<Vec<(String, String)>>) -> Response {
    let Some((case, _)) = room.desk().finding(&flag_id) else {
        return (StatusCode::NOT_FOUND, "There is no such finding (any more).").into_response();
    };
    let mut entered = Entered::default();
    for (name, value) in fields {
        match name.as_str() {
            "path" => entered.path = value,
            "line_no" if value.is_empty() => {}
            "line_no" => match value.parse() {
                Ok(n) => entered.line_no = Some(n),
                Err(_) => return (StatusCode::BAD_REQUEST, "The line number is none.").into_response(),
            },
            _ => entered.cells.push((name, value)),
        }
    }
    let corrected = room.desk().correct(&case.judged.summary.case_id, &entered);
    match corrected {
        // The finding may have gone with its reason.
        Ok(_) if room.desk().finding(&flag_id).is_none() => Redirect::to("/").into_response(),
        Ok(_) => to_finding(&flag_id),
        Err(error) => failed(&room, &flag_id, &error),
    }
}

/// The page again, with what went wrong.
fn failed(room: &Room, flag_id: &str, error: &DeskError) -> Response {
    let status = match error {
        DeskError::Unknown(_) => StatusCode::NOT_FOUND,
        DeskError::Cell { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        DeskError::Journal(_) | DeskError::Rewrite(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (status, page(room, flag_id, Some(&error.to_string()))).into_response()
}

async fn picture(State(room): Shared, Path(name): Path<String>) -> Response {
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.')) && !name.starts_with('.');
    let kind = match name.rsplit_once('.') {
        Some((_, "png")) => "image/png",
        Some((_, "jpg")) => "image/jpeg",
        _ => "",
    };
    if !plain || kind.is_empty() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let file = room.desk().dir().join(folder::FOLDER).join(file_names::PICTURES).join(name);
    match std::fs::read(file) {
        Ok(bytes) => ([(header::CONTENT_TYPE, kind)], Body::from(bytes)).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
