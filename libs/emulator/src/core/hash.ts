/**
 * Chance without state: numbers that depend on their place alone (seed, symbol, index), so that any moment of any market
 * can be looked up without what lies before. Mixing steps are those of MurmurHash3; the sequence is sfc32.
 */

// Here and in other hot files: looking functions up on the global Math costs ten times the arithmetic inside Jest's sandbox.
const { floor, imul } = Math;

/** 32 bits of the text. */
export function hashText(text: string, seed = 0): number {
  let hash = seed | 0;
  for (let i = 0; i < text.length; i++) hash = mix(hash, text.charCodeAt(i));
  return mix(hash, text.length);
}

/** 32 bits (signed) of two numbers below 2^53; both count whole. */
export function mix(hash: number, value: number): number {
  let h = imul(hash ^ 0x9e3779b9, 0x85ebca6b) ^ imul(value | 0, 0xcc9e2d51);
  if (value > 0x7fffffff) h = imul(h ^ floor(value / 0x100000000), 0x1b873593);
  h ^= h >>> 16;
  h = imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** In [0, 1). */
export function uniformAt(hash: number, index: number): number {
  return (mix(hash, index) >>> 0) / 0x100000000;
}

/** About standard normal, within ±3.46: the sum of four uniforms. */
export function normalAt(hash: number, index: number): number {
  const a = mix(hash, index);
  const b = mix(a, 0x2545f491);
  return toNormal(a, b);
}

function toNormal(a: number, b: number): number {
  const sum = (a & 0xffff) + (a >>> 16) + (b & 0xffff) + (b >>> 16);
  return (sum - 131070) * 2.6428838e-5; // four uniforms on 0…65535: deviation 65536 × √(4/12)
}

/** A short sequence of chance, for blocks that are always made whole. */
export class Sequence {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(hash: number, index: number) {
    this.a = mix(hash, index);
    this.b = mix(this.a, 0x51ed270b);
    this.c = mix(this.b, 0x3c6ef372);
    for (let i = 0; i < 4; i++) this.bits();
  }

  /** 32 bits, signed. */
  bits(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum;
  }

  /** In [0, 1). */
  uniform(): number {
    return (this.bits() >>> 0) / 0x100000000;
  }

  /** About standard normal, within ±3.46. */
  normal(): number {
    const a = this.bits();
    return toNormal(a, this.bits());
  }
}
