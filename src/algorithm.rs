//! Signature algorithms of an identity provider's tokens (RFC 7518 section 3.1, RFC 8037, RFC 9864).

use crate::setting::{self, Settings};
use alloc::vec::Vec;

/// A signature algorithm and the only kind of key that it is used with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Algorithm {
    /// `alg` of a token.
    pub name: &'static str,
    /// `kty` of its key.
    pub key_type: &'static str,
    /// `crv` of its key, if this kind of key has one.
    pub curve: Option<&'static str>,
}

impl Algorithm {
    const fn new(name: &'static str, key_type: &'static str, curve: Option<&'static str>) -> Self {
        Self { name, key_type, curve }
    }
}

/// Algorithms that `JWT_ALGORITHMS` may name. None of them has a shared secret: a provider's keys are public.
///
/// ES512 is missing: not every runtime of this package has P-521.
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

/// Number of the first [`ALGORITHMS`] that count if `JWT_ALGORITHMS` is unset: RS256, ES256 and EdDSA.
const DEFAULT: usize = 3;

impl Algorithm {
    /// The algorithm of this name; `None` for one that is unknown or symmetric. `Ed25519` is the newer name of `EdDSA`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let name = if name == "Ed25519" { "EdDSA" } else { name };
        ALGORITHMS.into_iter().find(|algorithm| algorithm.name == name)
    }

    /// The algorithms that `JWT_ALGORITHMS` names; RS256, ES256 and EdDSA if it is unset. Unknown names count for nothing.
    #[must_use]
    pub fn from_settings(setting: Settings<'_>) -> Vec<Self> {
        match setting::list(setting, "JWT_ALGORITHMS") {
            None => ALGORITHMS.into_iter().take(DEFAULT).collect(),
            Some(names) => names.iter().filter_map(|name| Self::from_name(name)).collect(),
        }
    }
}
