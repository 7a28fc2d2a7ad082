//! How amounts, periods and dates read in Vietnamese.
//!
//! One place, so that a card, a passage and an answer write the same number the
//! same way: `20.000 đồng`, `0,5 ngày làm việc`, `19/07/2026`.

use crate::procedure::{Period, PeriodUnit};

/// An amount of money: `20.000 đồng`.
pub fn vnd(amount: u64) -> String {
    format!("{} đồng", grouped(amount))
}

/// Thousands separated by dots, as Vietnamese writes them.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

/// A number with a decimal comma and no trailing zeros: `0,5`, `7`.
pub fn decimal(number: f64) -> String {
    number.to_string().replace('.', ",")
}

/// The unit in words, `None` for the unit that is not one.
pub fn unit(unit: PeriodUnit) -> Option<&'static str> {
    match unit {
        PeriodUnit::WorkingDay => Some("ngày làm việc"),
        PeriodUnit::Day => Some("ngày"),
        PeriodUnit::Hour => Some("giờ"),
        PeriodUnit::Minute => Some("phút"),
        PeriodUnit::Month => Some("tháng"),
        PeriodUnit::Year => Some("năm"),
        PeriodUnit::Other => None,
    }
}

/// The period in the record's own unit: `7 ngày làm việc`. `None` where the source
/// gives no unit: `1 OTHER` is not a day.
pub fn period(period: &Period) -> Option<String> {
    let unit = unit(period.unit)?;
    period
        .value
        .map(|value| format!("{} {unit}", decimal(value)))
}

/// An ISO date the Vietnamese way, zeros kept so that no digit changes; anything
/// else as it is.
pub fn date(iso: &str) -> String {
    let parts: Vec<&str> = iso.split('-').collect();
    match parts.as_slice() {
        [year, month, day] if iso.len() == 10 => format!("{day}/{month}/{year}"),
        [year, month] if iso.len() == 7 => format!("{month}/{year}"),
        _ => iso.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_by_dots() {
        assert_eq!(vnd(0), "0 đồng");
        assert_eq!(vnd(500), "500 đồng");
        assert_eq!(vnd(10_000), "10.000 đồng");
        assert_eq!(vnd(1_234_567), "1.234.567 đồng");
    }

    #[test]
    fn periods_keep_the_unit_of_the_record() {
        let of = |value, unit| Period {
            value: Some(value),
            unit,
            raw: String::new(),
            note: None,
        };
        assert_eq!(
            period(&of(0.5, PeriodUnit::WorkingDay)).as_deref(),
            Some("0,5 ngày làm việc")
        );
        assert_eq!(
            period(&of(20.0, PeriodUnit::Day)).as_deref(),
            Some("20 ngày")
        );
        assert_eq!(period(&of(1.0, PeriodUnit::Other)), None);
    }

    #[test]
    fn dates_turn_round() {
        assert_eq!(date("2026-07-09"), "09/07/2026");
        assert_eq!(date("2026-07"), "07/2026");
        assert_eq!(date("tháng 7"), "tháng 7");
    }
}
