/**
 * Names, price levels and sectors of the generated universe, liveliest first. Prices are levels to come back to over
 * years, not quotes.
 */
import { SECTORS } from './generated-hours';

export interface Ticker {
  readonly base: string;
  readonly price: number;
  /** Index in SECTOR_NAMES. */
  readonly sector: number;
}

export const SECTOR_NAMES = [
  'Layer-1',
  'Payment',
  'Layer-2',
  'DeFi',
  'Meme',
  'AI',
  'Metaverse',
  'Infrastructure',
  'Storage',
] as const;

/** base, price, sector */
const KNOWN = `
BTC 68000 1 ETH 2900 0 SOL 140 0 XRP 1.4 1 DOGE 0.15 4 BNB 640 0 1000PEPE 0.0085 4 SUI 2.1 0 ADA 0.52 0 币安人生 0.14 4
LINK 14 7 AVAX 21 0 WIF 0.9 4 LTC 84 1 ENA 0.42 3 TRX 0.24 1 NEAR 2.6 0 WLD 1.1 5 BCH 430 1 FIL 3.1 8
AAVE 190 3 DOT 4.4 0 ARB 0.45 2 OP 0.95 2 UNI 7.8 3 ETC 19.5 0 TIA 3.4 7 INJ 13 3 APT 5.6 0 FET 0.72 5
1000SHIB 0.0135 4 我踏马来了 0.031 4 SEI 0.23 0 HYPE 27 3 TAO 360 5 LDO 0.98 3 1000BONK 0.017 4 CRV 0.55 3 ORDI 11.5 4 TON 3.2 0
HBAR 0.17 0 ATOM 4.6 0 ICP 5.4 0 XLM 0.25 1 RENDER 3.8 5 PENDLE 3.3 3 ONDO 0.88 3 JUP 0.5 3 STX 0.78 2 MKR 1600 3
ALGO 0.19 0 XMR 240 1 GALA 0.016 6 SAND 0.29 6 MANA 0.31 6 AXS 2.6 6 IMX 0.56 2 RUNE 1.4 3 FTM 0.55 0 EOS 0.66 0
VET 0.025 7 GRT 0.098 7 THETA 0.78 7 EGLD 16 0 FLOW 0.38 0 CHZ 0.042 6 DYDX 0.61 3 SNX 0.7 3 COMP 44 3 龙虾 0.0062 4
ZEC 45 1 DASH 23 1 NEO 6.1 0 QTUM 2.3 0 IOTA 0.18 7 KAVA 0.44 0 ZIL 0.012 0 BAT 0.14 7 ENJ 0.08 6 1INCH 0.21 3
SUSHI 0.66 3 YFI 5200 3 CAKE 2.1 3 GMX 14 3 MASK 1.3 7 PEOPLE 0.012 4 APE 0.58 6 GMT 0.05 6 JASMY 0.017 7 LRC 0.1 2
CELO 0.37 0 ONE 0.012 0 ROSE 0.029 0 KSM 16 0 MINA 0.23 0 ANKR 0.017 7 SKL 0.022 2 STORJ 0.26 8 AR 6.8 8 BLUR 0.1 6
CFX 0.09 0 KAS 0.09 0 BOME 0.0018 4 1000FLOKI 0.085 4 MEME 0.0024 4 NOT 0.0023 6 PYTH 0.14 7 JTO 2.1 3 W 0.085 7 STRK 0.16 2
ZK 0.055 2 ZRO 2.4 7 EIGEN 1.2 7 ETHFI 0.95 3 REZ 0.013 3 AEVO 0.11 3 MANTA 0.25 2 ALT 0.032 7 XAI 0.058 6 PIXEL 0.04 6
PORTAL 0.05 6 ACE 0.6 6 NFP 0.07 5 AI 0.14 5 ARKM 0.55 5 IO 0.8 5 GRASS 1.6 5 VIRTUAL 1.5 5 AIXBT 0.16 5 FARTCOIN 0.8 4
PNUT 0.24 4 MOODENG 0.17 4 GOAT 0.12 4 POPCAT 0.33 4 TURBO 0.004 4 NEIRO 0.0005 4 1MBABYDOGE 0.0013 4 1000RATS 0.024 4 1000SATS 0.00005 4 MEW 0.0027 4
BERA 2.6 0 MOVE 0.2 2 S 0.42 0 LAYER 1.3 7 KAITO 1.1 5 IP 4.2 7 TRUMP 9.5 4 MELANIA 0.4 4 PENGU 0.011 4 牛来 0.0185 4
CKB 0.0045 0 TWT 0.85 7 SSV 8.2 7 MAGIC 0.15 6 HOOK 0.11 6 ID 0.19 7 EDU 0.13 6 CYBER 1.3 7 SUPER 0.6 6 ILV 13 6
哈基米 0.027 4 ENS 19 7 KNC 0.33 3 ZRX 0.25 3 BAND 0.7 7 COTI 0.07 7 CTSI 0.06 7 OGN 0.06 3 HOT 0.001 7 IOST 0.0035 0
`;

export const KNOWN_TICKERS: readonly Ticker[] = KNOWN.trim()
  .split(/\s+/)
  .reduce<string[][]>((groups, word, i) => {
    if (i % 3 === 0) groups.push([word]);
    else groups.at(-1)!.push(word);
    return groups;
  }, [])
  .map(([base, price, sector]) => ({ base: base!, price: Number(price), sector: Number(sector) % SECTORS }));

const SYLLABLES =
  'BA BE BO CA CO DA DE DO FA FE FI GA GE GO HA HE JO KA KI KO LA LE LI LO LU MA ME MI MO NA NE NO PA RA RE RO SA TA VI ZO'.split(
    ' ',
  );
const COUNT = SYLLABLES.length;
const TICKERS = COUNT ** 3;
/** Shares no factor with TICKERS, so that different numbers give different names. */
const STRIDE = 25_943;

/** A made-up name such as KALOMI; different for each number. @param number in [0, 64000) */
export function inventedName(number: number): string {
  const place = (number * STRIDE + 1_234) % TICKERS;
  const third = Math.floor(place / COUNT ** 2);
  const second = Math.floor(place / COUNT) % COUNT;
  return SYLLABLES[place % COUNT]! + SYLLABLES[second]! + SYLLABLES[third]!;
}

export const INVENTED_NAMES = TICKERS;
