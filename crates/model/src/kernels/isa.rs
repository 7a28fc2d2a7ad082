//! Which vector instructions this processor has.

/// A set of instructions that this processor was seen to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Isa(Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
}

impl Isa {
    /// What the compiler assumes anyway.
    pub const PORTABLE: Self = Self(Kind::Portable);

    /// AVX-512 with byte products (VNNI), where the processor has them.
    #[cfg(target_arch = "x86_64")]
    pub fn avx512() -> Option<Self> {
        let here = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vnni");
        here.then_some(Self(Kind::Avx512))
    }

    /// None on this architecture.
    #[cfg(not(target_arch = "x86_64"))]
    pub fn avx512() -> Option<Self> {
        None
    }

    /// AVX2 with fused multiply-add and half floats, where the processor has them.
    #[cfg(target_arch = "x86_64")]
    pub fn avx2() -> Option<Self> {
        let here = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma")
            && is_x86_feature_detected!("f16c");
        here.then_some(Self(Kind::Avx2))
    }

    /// None on this architecture.
    #[cfg(not(target_arch = "x86_64"))]
    pub fn avx2() -> Option<Self> {
        None
    }

    /// The best set here.
    pub fn best() -> Self {
        Self::avx512().or_else(Self::avx2).unwrap_or(Self::PORTABLE)
    }

    /// True when [`super::pack`]ed weights can be multiplied.
    pub fn has_products(self) -> bool {
        self != Self::PORTABLE
    }

    /// Name for the log.
    pub fn name(self) -> &'static str {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => "AVX-512 VNNI",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => "AVX2",
            Kind::Portable => "portable",
        }
    }

    /// True for the set with the widest registers.
    pub fn is_avx512(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        return self.0 == Kind::Avx512;
        #[cfg(not(target_arch = "x86_64"))]
        false
    }
}

/// Defines a function over plain loops, compiled once for each set of instructions and
/// called with the set to use. What its body calls must be `#[inline(always)]`: only what
/// is inlined is compiled with the set.
macro_rules! vectorised {
    ($(#[$doc:meta])* pub fn $name:ident($($arg:ident: $type:ty),* $(,)?) $body:block) => {
        $(#[$doc])*
        pub fn $name(isa: $crate::kernels::Isa, $($arg: $type),*) {
            #[inline(always)]
            fn body($($arg: $type),*) $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni,avx2,fma,f16c")]
            fn avx512($($arg: $type),*) {
                body($($arg),*);
            }

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma,f16c")]
            fn avx2($($arg: $type),*) {
                body($($arg),*);
            }

            #[cfg(target_arch = "x86_64")]
            if isa.is_avx512() {
                // SAFETY: a value of this kind is only made where the processor has them.
                #[allow(unsafe_code)]
                return unsafe { avx512($($arg),*) };
            } else if isa.has_products() {
                // SAFETY: as above.
                #[allow(unsafe_code)]
                return unsafe { avx2($($arg),*) };
            }
            body($($arg),*);
        }
    };
}
pub(super) use vectorised;
