//! Rows of activations, cut into strips of [`LANES`] columns: a tile of weights makes one
//! strip of every row, so each thread writes one contiguous piece.

use super::LANES;

/// A matrix `(rows, width)`; element `(row, column)` lies at
/// `(column / 16 * rows + row) * 16 + column % 16`. A last strip that is not full is
/// padded.
#[derive(Debug, Clone, Default)]
pub struct Strips {
    data: Vec<f32>,
    rows: usize,
    width: usize,
}

impl Strips {
    /// Zeros.
    pub fn zeros(rows: usize, width: usize) -> Self {
        let mut strips = Self::default();
        strips.reshape(rows, width);
        strips
    }

    /// Takes another shape. The memory is kept, and what is in it: whoever reshapes writes
    /// all of it.
    pub fn reshape(&mut self, rows: usize, width: usize) {
        self.data.resize(rows * width.div_ceil(LANES) * LANES, 0.0);
        (self.rows, self.width) = (rows, width);
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// All numbers, strip after strip.
    pub fn data(&self) -> &[f32] {
        &self.data
    }

    /// All numbers, to be written.
    pub fn data_mut(&mut self) -> &mut [f32] {
        &mut self.data
    }

    /// The strips of one row, from the first.
    pub fn row(&self, row: usize) -> impl Iterator<Item = &[f32; LANES]> {
        let strips = self.data.as_chunks::<LANES>().0;
        strips.iter().skip(row).step_by(self.rows.max(1))
    }

    /// One row as it is usually laid out.
    pub fn to_row(&self, row: usize) -> Vec<f32> {
        let mut values: Vec<f32> = self.row(row).flatten().copied().collect();
        values.truncate(self.width);
        values
    }

    /// Writes one row.
    pub fn set_row(&mut self, row: usize, values: &[f32]) {
        let rows = self.rows.max(1);
        let strips = self.data.as_chunks_mut::<LANES>().0;
        let mine = strips.iter_mut().skip(row).step_by(rows);
        for (strip, values) in mine.zip(values.chunks(LANES)) {
            strip[..values.len()].copy_from_slice(values);
        }
    }

    /// Adds `values` (rows one after another) to the columns from `first` on.
    pub fn add_rows(&mut self, first: usize, columns: usize, values: &[f32]) {
        for (row, values) in values.chunks_exact(columns).enumerate() {
            for (column, value) in (first..).zip(values) {
                let at = (column / LANES * self.rows + row) * LANES + column % LANES;
                self.data[at] += value;
            }
        }
    }

    /// The column of a row's highest number, the first of them.
    pub fn argmax(&self, row: usize) -> usize {
        let mut best = (0, f32::NEG_INFINITY);
        for (at, strip) in self.row(row).enumerate() {
            for (column, &value) in (at * LANES..self.width).zip(strip) {
                if value > best.1 {
                    best = (column, value);
                }
            }
        }
        best.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back() {
        let mut strips = Strips::zeros(3, 40);
        let rows: Vec<Vec<f32>> = (0..3u8)
            .map(|row| {
                (0..40u8)
                    .map(|x| f32::from(row) * 40. - f32::from(x))
                    .collect()
            })
            .collect();
        for (at, row) in rows.iter().enumerate() {
            strips.set_row(at, row);
        }
        for (at, row) in rows.iter().enumerate() {
            assert_eq!(&strips.to_row(at), row);
        }
        assert_eq!(strips.argmax(1), 0);
        strips.add_rows(32, 2, &[0., 0., 0., 500., 500., 0.]);
        assert_eq!((strips.argmax(1), strips.argmax(2)), (33, 32));
        assert!((strips.to_row(1)[33] - 507.).abs() < 1e-3);
    }

    #[test]
    fn padding_is_never_the_highest() {
        let mut strips = Strips::zeros(2, 20);
        strips.set_row(0, &[-1.0; 20]);
        assert_eq!(strips.argmax(0), 0);
    }
}
