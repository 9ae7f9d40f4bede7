// A floating point number as Go's %v prints it: the shortest digits, with an exponent below 1e-04 and from 1e+06 on.

export function goNumber(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return `${value}`
  const [digits = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 6) return `${value}`
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}
