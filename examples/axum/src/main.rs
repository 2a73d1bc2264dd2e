//! Serves the token endpoint; settings come from the environment.

use livekit_edge_on_axum::{Tokens, router};
use std::{env, io, sync::Arc};

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let setting = |name: &str| env::var(name).ok();
    let host = setting("HOST").unwrap_or_else(|| "127.0.0.1".into());
    let port = setting("PORT").unwrap_or_else(|| "3000".into());
    let listener = tokio::net::TcpListener::bind(format!("{host}:{port}")).await?;
    println!("Listening on http://{}", listener.local_addr()?);
    axum::serve(listener, router(Arc::new(Tokens::from_settings(&setting)))).await
}
