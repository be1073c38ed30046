/**
 * Solves matrix · x = vector by Cholesky's decomposition. Of the matrix, which must be symmetric and positive definite, row after
 * row, only the lower triangle is read; its factor takes its place.
 */
export function solvePositiveDefinite(matrix: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length;
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let rest = matrix[row * size + column]!;
      for (let k = 0; k < column; k += 1) rest -= matrix[row * size + k]! * matrix[column * size + k]!;
      matrix[row * size + column] = column === row ? Math.sqrt(rest) : rest / matrix[column * size + column]!;
    }
  }
  const x = vector.slice();
  for (let row = 0; row < size; row += 1) {
    for (let k = 0; k < row; k += 1) x[row]! -= matrix[row * size + k]! * x[k]!;
    x[row]! /= matrix[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    for (let k = row + 1; k < size; k += 1) x[row]! -= matrix[k * size + row]! * x[k]!;
    x[row]! /= matrix[row * size + row]!;
  }
  return x;
}
