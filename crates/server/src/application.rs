//! The server put together: built by the command line and by tests alike.

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, HttpServer, web};
use retrieval::Snapshot;
use tracing_actix_web::TracingLogger;

use crate::error::ServerError;
use crate::http;
use crate::metrics::Metrics;
use crate::settings::Settings;
use crate::state::{Phase, State};
use crate::store::Store;
use crate::writer::{Loader, Writer};

/// How long connections may take to close once every turn has ended.
const CLOSING: Duration = Duration::from_secs(5);
/// How often old conversations are looked for.
const HOUSEKEEPING: Duration = Duration::from_secs(6 * 60 * 60);

/// A server that listens and does not serve yet.
pub struct Application {
    server: Server,
    address: SocketAddr,
    state: Arc<State>,
}

impl Application {
    /// Opens the store, starts loading the model and binds the socket. Answers from the
    /// records can be had as soon as this runs; the model joins when it is ready.
    pub fn build(
        settings: Settings,
        snapshot: Arc<Snapshot>,
        loader: Loader,
    ) -> Result<Self, ServerError> {
        let metrics = Metrics::new().map_err(|error| ServerError::Metrics(error.to_string()))?;
        let metrics = Arc::new(metrics);
        let store = open_store(&settings)?;
        let listener = listen(&settings.bind)?;
        let address = listener.local_addr()?;
        let writer = Writer::start(loader, settings.limits.model_queue, Arc::clone(&metrics))?;
        let state = Arc::new(State::new(
            snapshot,
            writer,
            store,
            settings.limits,
            metrics,
        ));
        let server = serve(&state, listener, settings.workers)?;
        Ok(Self {
            server,
            address,
            state,
        })
    }

    /// The address that is listened on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The port that is listened on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Serves until `stop` is ready, then lets running turns end and returns.
    pub async fn run_until_stopped(
        self,
        stop: impl Future<Output = ()>,
    ) -> Result<(), ServerError> {
        let Self { server, state, .. } = self;
        let handle = server.handle();
        tokio::pin!(server, stop);
        let housekeeping = tokio::spawn(forget_old(Arc::clone(&state)));
        let outcome = tokio::select! {
            ended = &mut server => ended,
            () = &mut stop => drain(server, handle, &state).await,
        };
        housekeeping.abort();
        Ok(outcome?)
    }
}

/// Stops accepting; running turns may end within their time, then they are told.
async fn drain(
    server: impl Future<Output = std::io::Result<()>>,
    handle: ServerHandle,
    state: &State,
) -> std::io::Result<()> {
    tracing::info!("stopping: no new turns, running ones may end");
    state.enter(Phase::Draining);
    let close = async {
        tokio::time::sleep(state.limits.shutdown()).await;
        tracing::warn!("stopping: telling the turns that still run");
        state.enter(Phase::Closing);
        std::future::pending::<()>().await;
    };
    let stop = async { tokio::join!(server, handle.stop(true)).0 };
    tokio::select! {
        outcome = stop => outcome,
        () = close => Ok(()),
    }
}

fn serve(
    state: &Arc<State>,
    listener: std::net::TcpListener,
    workers: usize,
) -> Result<Server, ServerError> {
    let data = web::Data::from(Arc::clone(state));
    let last = state.limits.shutdown() + CLOSING;
    let mut server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .configure(http::routes)
            .wrap(Compress::default())
            .wrap(http::security_headers())
            .wrap(from_fn(http::measure))
            .wrap(TracingLogger::<http::QuietSpan>::new())
    })
    .disable_signals()
    // A client that hangs up is gone: the model must not write for it.
    .h1_allow_half_closed(false)
    .shutdown_timeout(last.as_secs());
    if workers > 0 {
        server = server.workers(workers);
    }
    Ok(server.listen(listener)?.run())
}

fn listen(bind: &str) -> Result<std::net::TcpListener, ServerError> {
    std::net::TcpListener::bind(bind).map_err(|source| ServerError::Bind {
        address: bind.to_owned(),
        source,
    })
}

fn open_store(settings: &Settings) -> Result<Store, ServerError> {
    let path = if settings.store.is_empty() {
        settings.index.with_file_name("motcua.sqlite")
    } else {
        PathBuf::from(&settings.store)
    };
    Store::open(&path).map_err(|source| ServerError::Store { path, source })
}

/// Deletes conversations past their time, now and every few hours.
async fn forget_old(state: Arc<State>) {
    let days = state.limits.retention_days;
    if days == 0 {
        return;
    }
    let mut interval = tokio::time::interval(HOUSEKEEPING);
    loop {
        interval.tick().await;
        let theirs = Arc::clone(&state);
        let forgotten = tokio::task::spawn_blocking(move || theirs.store.forget_older_than(days));
        match forgotten.await {
            Ok(Ok(0)) => {}
            Ok(Ok(count)) => tracing::info!(count, days, "old conversations deleted"),
            Ok(Err(error)) => state.store_failed("forget", &error),
            Err(error) => tracing::error!(%error, "deleting old conversations failed"),
        }
    }
}

/// Serves with the process's own signals and a runtime of its own: what the command
/// line calls. `listening` is told the address once the socket is bound.
pub fn serve_until_signal(
    settings: Settings,
    snapshot: Arc<Snapshot>,
    loader: Loader,
    listening: impl FnOnce(SocketAddr),
) -> Result<(), ServerError> {
    actix_web::rt::System::new().block_on(async {
        let stop = stop_signal()?;
        let application = Application::build(settings, snapshot, loader)?;
        listening(application.address());
        application.run_until_stopped(stop).await
    })
}

/// Ready on SIGTERM or SIGINT. Installed before the socket is bound, so that no signal
/// finds the process without a handler.
fn stop_signal() -> Result<impl Future<Output = ()>, ServerError> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        Ok(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
