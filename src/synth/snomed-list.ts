/**
 * SNOMED CT concepts of everyday general practice with the Read v2 and CTV3 codes that older rows carry,
 * commonest first: `concept|read v2|ctv3|fits|low-high unit`. Compiled from general knowledge to make
 * rows of the right shape with the right skew: not a terminology, nothing may be coded with it. An empty
 * legacy code means none is given.
 */
export const COMMON_CONCEPTS = `
75367002|246..|XaF4F|anyone|
271649006|2469.|X773t|anyone|95-178 mmHg
271650006|246A.|X773u|anyone|55-104 mmHg
27113001|22A..|22A..|anyone|45.0-128.0 kg
60621009|22K..|22K..|anyone|17.0-43.0 kg/m2
50373000|229..|229..|anyone|148-196 cm
364075005|242..|X773s|anyone|52-112 /min
77176002|137R.|137R.|anyone|
8517006|137S.|137S.|anyone|
266919005|1371.|XE0oh|anyone|
86198006|65E..|XaDyw|anyone|
999791000000106|42W5.|XaPbt|older|31-97 mmol/mol
1005671000000105|44P..|XE2eD|older|2.8-8.1 mmol/L
1000731000000107|44J3.|XE2q5|anyone|48-190 umol/L
1022431000000105|423..|XE2pa|anyone|88-171 g/L
431314004|||anyone|89-100 %
386725007|2E3..|X76By|anyone|35.8-39.6 Cel
86290005|235..|XE0ou|anyone|11-28 /min
38341003|G2...|XE0Ub|older|
195967001|H33..|H33..|anyone|
44054006|C10F.|X40J5|older|
35489007|E2B..|XE1YC|anyone|
197480006|E200.|E200.|anyone|
90560007|C34..|XE120|older|
396275006|N05..|XE1DV|older|
235595009|J10y4|X3003|anyone|
61582004|H17..|XE0Y5|anyone|
43116000|M111.|X50AH|anyone|
37796009|F26..|F26..|anyone|
414916001|C380.|XaJJH|anyone|
13645005|H3...|H3...|older|
53741008|G3...|XE2uV|older|
49436004|G5730|G5730|older|
709044004|1Z1..|XaLHG|older|
40930008|C04..|X40IQ|anyone|
55822004|C320.|X40X3|older|
84114007|G58..|G58..|older|
22298006|G30..|X200E|older|
230690007|G66..|X00D1|older|
266257000|G65..|XE0VK|older|
69896004|N040.|X701h|anyone|
64859006|N330.|XE1GA|older|
9014002|M161.|X50CH|anyone|
84757009|F25..|XE15A|anyone|
52448006|E00..|X002w|older|
26929004|F110.|X002x|older|
73211009|C10..|C10..|older|
46635009|C10E.|X40J4|anyone|
161891005|16C2.|16C2.|anyone|
271807003|M0z..|X50Gk|anyone|
49727002|171..|XE0qn|anyone|
21522001|197..|X75sR|anyone|
25064002|1B1G.|XM0CV|anyone|
386661006|165..|X76EI|children|
54150009|H05z.|XE0Xq|anyone|
68566005|K190.|K190.|anyone|
3110003|F52z.|X00lp|children|
312104005|H060.|H0606|anyone|
14760008|19C..|19C..|anyone|
62315008|19F2.|X30BB|anyone|
84229001|168..|XE0qq|anyone|
404640003|1B5..|XM0Cn|anyone|
193462001|1B1B.|XE0rE|anyone|
65966004|S23..|S23..|anyone|
125605004|S....|XA003|anyone|
80394007|C10A.|X40JJ|older|
267036007|173..|XE0qq|anyone|
29857009|182..|XE1ez|older|
247592009|1A1..|1A1..|anyone|
87433001|H32..|H32..|older|
399211009|14A3.|14A3.|older|
24700007|F20..|F20..|anyone|
49049000|F12..|X003A|older|
34000006|J40..|J40..|anyone|
64766004|J410.|J410.|anyone|
396331005|J690.|X302r|anyone|
254837009|B34..|B34..|older|
399068003|B46..|X78Y6|men|
363406005|B13..|X78gM|older|
254637007|B22..|XaFrg|older|
58214004|E10..|X00S8|anyone|
13746004|E11..|X00SL|anyone|
408856003|E140.|XE2v2|children|
406506008|E2E..|Xa0PP|children|
77386006|62...|X7617|women|
289530006|K5B1.|X408p|women|
266599000|K583.|XE0eT|women|
266569009|K20..|K20..|men|
860914002|E2273|XE1Z0|men|
166603001|44g9.|XaIRR|anyone|
87557004|F340.|F340.|anyone|
60862001|1B96.|1B96.|anyone|
398057008|F262.|XE17T|anyone|
39848009|18C1.|XE1en|anyone|
15188001|1C12.|XE17Z|older|
193570009|F46..|F46..|older|
23986001|F45..|F45..|older|
267718000|F4251|F425.|older|
72866009|G83..|XE0VN|older|
128053003|G801.|XE0VQ|older|
59282003|G401.|G401.|older|
40845000|J11..|J11..|anyone|
82423001|N....|X75s4|anyone|
203082005|N248.|N248.|anyone|
76069003|N142.|XE1F9|anyone|
239873007|N05zL|N05zL|older|
56819008|L11..|F5044|anyone|
418363000|M18..|M18..|anyone|
400097005|M02..|M02..|anyone|
11381005|M261.|M261.|anyone|
398909004|M153.|M153.|older|
200773006|M112.|M112.|children|
38907003|A52..|A52..|children|
36989005|A72..|A72..|children|
14189004|A55..|A55..|children|
4834000|A53..|A53..|older|
840539006|A795.|XabGY|anyone|
6142004|H27..|H27..|anyone|
233604007|H2...|X100E|anyone|
10509002|H060z|H060.|anyone|
36971009|H01..|H01..|anyone|
90176007|H02..|H02..|anyone|
78275009|H5B0.|X00Fp|anyone|
271737000|D21z.|D21z.|anyone|
87522002|D00..|D00..|anyone|
84027009|D010.|D010.|older|
190634004|C28..|X40SD|anyone|
13644009|C324.|XE11S|older|
34713006|C28z.|C28z.|anyone|
59621000|G20..|XE0Uc|older|
3723001|N0...|X701j|anyone|
16541001|1B8..|XE1Tt|anyone|
274640006|1B13.|1B13.|anyone|
48694002|1B12.|1B12.|anyone|
82313006|U2...|XE1o6|anyone|
`;

/**
 * Concepts of the groups that care.data left out (domain.md, 8), as they turn up in real records, rarely: HIV
 * and AIDS, sexually transmitted infections, termination, assisted fertilisation, marital status, abuse by
 * others.
 */
export const SENSITIVE_CONCEPTS = `
87915002|1331.|XE0ob|anyone|
125681006|1332.|XE0oa|anyone|
20295000|1334.|133S.|anyone|
33553000|1335.|133V.|older|
86406008|43C3.|XaFuL|anyone|
62479008|A788.|XE0R5|anyone|
105629000|A78A.|XE2aJ|anyone|
15628003|A98..|A98..|anyone|
76272004|A9...|XE0RA|anyone|
8098009|A9z..|X70M6|anyone|
240542006|A781.|X70M7|anyone|
33839006|A541.|X70M8|anyone|
56335008|A9871|X70M9|anyone|
57797005|7E086|XE06l|women|
285409006|7E085|XE06m|women|
63487001|7E0A.|XaA0B|women|
52637005|7E0A0|7M0m0|women|
397940009|14X3.|XaE1d|children|
371772001|14X8.|XaIjX|anyone|
`;
