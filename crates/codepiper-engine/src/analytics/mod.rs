//! What agents used, and what that costs.

mod prices;

use std::path::Path;

pub(crate) use prices::Prices;

/// The prices that count here. An own list that cannot be read is said to be so.
pub(crate) fn load_prices(own: &Path) -> Prices {
    let (prices, why) = Prices::load(own);
    if let Some(why) = why {
        tracing::warn!(path = %own.display(), why, "the own list of prices is left out");
    }
    prices
}
