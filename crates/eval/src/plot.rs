//! Geometry for the report's plots: numbers in, SVG coordinates out. The marks
//! themselves are drawn by the template.

use serde::Serialize;

use crate::metrics::Estimate;

/// Width of every plot's drawing area, in SVG units.
pub const WIDTH: f64 = 420.0;

/// Height of the line plots' drawing area.
pub const HEIGHT: f64 = 220.0;

/// A mean with its whiskers on a 0–100 % axis.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Whisker {
    /// Position of the mean.
    pub x: f64,
    /// Start of the interval.
    pub x1: f64,
    /// End of the interval.
    pub x2: f64,
    /// `87.5`.
    pub mean: String,
    /// `81–93`.
    pub range: String,
    /// Values it rests on.
    pub n: usize,
}

/// Places an estimate of a share on the axis.
pub fn whisker(found: &Estimate) -> Whisker {
    let place = |share: f64| tenth(share.clamp(0.0, 1.0) * WIDTH);
    Whisker {
        x: place(found.mean),
        x1: place(found.low),
        x2: place(found.high),
        mean: format!("{:.1}", found.mean * 100.0),
        range: format!("{:.0}–{:.0}", found.low * 100.0, found.high * 100.0),
        n: found.n,
    }
}

/// Places a difference on an axis from −`reach` to +`reach`.
pub fn difference(found: &Estimate, reach: f64) -> Whisker {
    let place = |value: f64| tenth((value.clamp(-reach, reach) + reach) / (2.0 * reach) * WIDTH);
    Whisker {
        x: place(found.mean),
        x1: place(found.low),
        x2: place(found.high),
        mean: format!("{:+.1}", found.mean * 100.0),
        range: format!("{:+.1} … {:+.1}", found.low * 100.0, found.high * 100.0),
        n: found.n,
    }
}

/// A polyline through shares at equal steps (hit@1 … hit@10).
pub fn curve(shares: &[f64]) -> String {
    let step = WIDTH / shares.len().saturating_sub(1).max(1) as f64;
    let points = shares
        .iter()
        .enumerate()
        .map(|(index, share)| (index as f64 * step, (1.0 - share) * HEIGHT));
    polyline(points)
}

/// The axis of times: decades from 0.01 ms to 100 s.
pub const DECADES: [(f64, &str); 8] = [
    (-2.0, "10 µs"),
    (-1.0, "0,1 ms"),
    (0.0, "1 ms"),
    (1.0, "10 ms"),
    (2.0, "0,1 s"),
    (3.0, "1 s"),
    (4.0, "10 s"),
    (5.0, "100 s"),
];

/// Position of a time on the logarithmic axis.
pub fn log_x(milliseconds: f64) -> f64 {
    let decade = milliseconds.max(0.01).log10().min(5.0);
    tenth((decade + 2.0) / 7.0 * WIDTH)
}

/// The share of questions done within a time, as a staircase.
pub fn cumulative(sorted_ms: &[f64]) -> String {
    let total = sorted_ms.len() as f64;
    let mut points = Vec::with_capacity(sorted_ms.len() * 2 + 1);
    for (index, value) in sorted_ms.iter().enumerate() {
        let x = log_x(*value);
        points.push((x, (1.0 - index as f64 / total) * HEIGHT));
        points.push((x, (1.0 - (index + 1) as f64 / total) * HEIGHT));
    }
    polyline(points.into_iter())
}

fn polyline(points: impl Iterator<Item = (f64, f64)>) -> String {
    points
        .map(|(x, y)| format!("{},{}", tenth(x), tenth(y)))
        .collect::<Vec<_>>()
        .join(" ")
}

/// One decimal is a tenth of a pixel: enough, and the page stays small.
fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_span_the_axis() {
        let found = Estimate {
            mean: 0.5,
            low: 0.0,
            high: 1.0,
            n: 8,
        };
        let placed = whisker(&found);
        assert_eq!((placed.x1, placed.x, placed.x2), (0.0, 210.0, 420.0));
        assert_eq!(
            (placed.mean.as_str(), placed.range.as_str()),
            ("50.0", "0–100")
        );
        // Half of one point on an axis of ±1 point.
        let moved = Estimate {
            mean: 0.005,
            low: 0.0,
            high: 0.5,
            n: 8,
        };
        let placed = difference(&moved, 0.01);
        assert_eq!((placed.x1, placed.x, placed.x2), (210.0, 315.0, 420.0));
    }

    #[test]
    fn lines_run_from_corner_to_corner() {
        assert_eq!(curve(&[0.0, 0.5, 1.0]), "0,220 210,110 420,0");
        assert_eq!(curve(&[1.0]), "0,0");
        assert_eq!(cumulative(&[0.01, 100_000.0]), "0,220 0,110 420,110 420,0");
        assert_eq!((log_x(0.0), log_x(1e9)), (0.0, 420.0));
    }
}
