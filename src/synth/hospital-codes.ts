import { CodeList, readCodes } from './clinical-code.ts';
import { encodeText } from './row-buffer.ts';

/**
 * ICD-10 codes without the dot, as HES holds them, commonest first. A few of the sensitive groups that
 * care.data left out (domain.md, 8) are among them: HIV (B20-B24), sexually transmitted infections (A50-A64),
 * termination (O04), assisted fertilisation (Z31), imprisonment (Z65), abuse (T74).
 */
export const primaryDiagnoses = new CodeList(
  readCodes(`C509:older H269:older I251:older K635 J189 N390 R074 I48X:older J440:older K409 M179:older K297
  R104 I500:older N179 A419 J459 R55X S720:older K802 I639:older I214:older K590 J22X M169:older D125 K219
  C61X:men C187:older C349:older L031 G409 J180 K573 N201 R69X B349:children J353:children H669:children
  J219:children A099 S525 S828 K358 E119 F103 T391 R296:older I269 K922 N40X:men C679:older H251:older
  H353:older G439 M545 K210 D509 D649 J069 R51X R42X T814 T857 L039 K850 E101 G35X M069 K509 K519 C900 C833
  C920 N185 I830 K603 K429 K432 M200 M751 M232 G560 Z080 Z090 Z511 N920:women N939:women D259:women
  O039:women O021:women O200:women O429:women O13X:women O244:women S060 S420 S610 S018 S099 R568:children
  Q211:children F329 F209 F059:older G309:older G20X:older C159 C169 C259 C220 A630 A549 A530 A568 B24X B20X
  O049:women Z312:women Z651 T741`),
  4,
);

/** Long-standing conditions recorded beside the main one. */
export const secondaryDiagnoses = new CodeList(
  readCodes(`I10X:older Z864 E119 E780 J459 I259:older Z921 I48X:older Z922 N183:older F171 E669 J449:older
  Z867 K219 F329 Z501 E039 M199:older Z854 I252:older Z955:older F419 D649 Z720 N189:older G409 F03X:older
  M819:older R296:older E559 Z880 Z952:older I509:older E876 E871 J90X K590 L899:older R32X:older Z602 Z740
  B962 B956 Y95X U071 Z115 R13X H409 H919 G473 Z992 F102 F109 Z370:women Z355:women B24X Z717 T742`),
  5,
);

/** OPCS-4 procedures and site codes. */
export const procedures = new CodeList(
  readCodes(`U051 Y981 X403 G451 H229 U212 X292 C751:older Y822 Z942 Z943 G459 H251 C712:older U071
  W401:older W371:older X352 U201 Y534 K634:older M459 X722 T202 J183 E851 F341:children D151:children F091
  S065 S571 W241 M473 U133 K751:older A559 Y033 Z274 Z286 H202 G803 E492 L914 X336 X481 W903 A651 T413 H442
  R171:women R249:women Q181:women Q078:women M653:men Y973 Q131:women Q111:women Q141:women`),
  4,
);

/** Codes of spells with a fixed code: a normal birth, its delivery, dialysis. */
export const setCodes = {
  bornInHospital: encodeText('Z380'),
  twinBornInHospital: encodeText('Z383'),
  prematurity: encodeText('P073'),
  singleDelivery: encodeText('O800'),
  twinDelivery: encodeText('O840'),
  outcomeOfDelivery: encodeText('Z370'),
  outcomeOfTwinDelivery: encodeText('Z372'),
  normalDelivery: encodeText('R249'),
  dialysis: encodeText('Z491'),
  haemodialysis: encodeText('X403'),
} as const;
