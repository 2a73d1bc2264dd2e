//! Signature algorithms of an identity provider's tokens (RFC 7518 section 3.1, RFC 8037, RFC 9864).

use crate::setting::{self, Settings};
use alloc::vec::Vec;

/// A signature algorithm and the type of key that it requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Algorithm {
    /// `alg` of the token.
    pub name: &'static str,
    /// `kty` of the key.
    pub key_type: &'static str,
    /// `crv` of the key, if this type of key has one.
    pub curve: Option<&'static str>,
}

impl Algorithm {
    const fn new(name: &'static str, key_type: &'static str, curve: Option<&'static str>) -> Self {
        Self { name, key_type, curve }
    }
}

/// Algorithms that `JWT_ALGORITHMS` may name. All are asymmetric, since a provider publishes its keys.
///
/// ES512 is missing, because not every supported runtime has the curve P-521.
pub const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::new("RS256", "RSA", None),
    Algorithm::new("ES256", "EC", Some("P-256")),
    Algorithm::new("EdDSA", "OKP", Some("Ed25519")),
    Algorithm::new("RS384", "RSA", None),
    Algorithm::new("RS512", "RSA", None),
    Algorithm::new("PS256", "RSA", None),
    Algorithm::new("PS384", "RSA", None),
    Algorithm::new("PS512", "RSA", None),
    Algorithm::new("ES384", "EC", Some("P-384")),
];

/// Number of default algorithms, at the start of [`ALGORITHMS`]: RS256, ES256 and EdDSA.
const DEFAULT: usize = 3;

impl Algorithm {
    /// The algorithm of this name; `None` if it is unknown or symmetric. `Ed25519` is the newer name of `EdDSA`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let name = if name == "Ed25519" { "EdDSA" } else { name };
        ALGORITHMS.into_iter().find(|algorithm| algorithm.name == name)
    }

    /// Parses `JWT_ALGORITHMS`; the default is RS256, ES256 and EdDSA. Unknown names are ignored.
    #[must_use]
    pub fn from_settings(setting: Settings<'_>) -> Vec<Self> {
        match setting::list(setting, "JWT_ALGORITHMS") {
            None => ALGORITHMS.into_iter().take(DEFAULT).collect(),
            Some(names) => names.iter().filter_map(|name| Self::from_name(name)).collect(),
        }
    }
}
