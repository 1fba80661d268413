//! Runs a fake model for agents that are started by hand or by a script.

use std::io::Write;
use std::path::PathBuf;

use clap::Parser;
use codepiper_fake_model::FakeModel;

/// The model APIs of coding agents on loopback, scripted by the prompt
///
/// Prints its base URL on the first line and runs until it is ended.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Append each request to this file, as one line of JSON
    #[arg(long)]
    log: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let model = FakeModel::bind(args.port, args.log).await?;
    writeln!(std::io::stdout(), "{}", model.base_url())?;
    tokio::signal::ctrl_c().await?;
    Ok(())
}
