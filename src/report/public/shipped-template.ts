import { POLICY } from './check-template.ts';

/** The template of the page for patients. A site copies it with `statement --print-template`, and changes its words. */
export const SHIPPED_TEMPLATE = `<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>How we use health records, and your choices</title>
<style>
body { margin: 0 auto; padding: 1rem; max-width: 42rem; background: #ffffff; color: #212b32; font: 1.125rem/1.6 Arial, Helvetica, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.875rem; line-height: 1.2; }
h2 { margin-top: 2.5rem; font-size: 1.5rem; line-height: 1.3; }
h3 { margin-bottom: 0.5rem; font-size: 1.1875rem; }
ul { padding-left: 1.5rem; }
li { margin-bottom: 0.5rem; }
a { color: #004b8c; }
a:focus { outline: 3px solid #212b32; outline-offset: 2px; }
.lead { font-size: 1.25rem; }
footer { margin-top: 3rem; border-top: 1px solid #4c6272; color: #425563; }
@media print { body { max-width: none; padding: 0; font-size: 11pt; } h2, h3 { break-after: avoid; } li { break-inside: avoid; } }
</style>
</head>
<body>
<main>
<h1>How we use health records, and your choices</h1>
<p class="lead">{{ organisation }} joins health records from more than one place of care. This page says what we join, what we hand on, and how you can say no.</p>

<h2>What we join</h2>
<p>We join records of the same person from:</p>
{{ sources }}
<p>Joined records show how care works as a whole. They help to plan care and to find out what works.</p>

<h2>How we join it</h2>
<p>We use your NHS number. If it is missing, we use your date of birth, your sex and your postcode. We never use your name.</p>
<p>We turn these into codes. The codes cannot be read without a secret key. Each team that gets records from us gets other codes, so no two teams can join what they have.</p>

<h2>What we do not use</h2>
<ul>
<li>We do not read names, street names, phone numbers or notes that staff write in their own words.</li>
<li>We do not hand on your NHS number, your full postcode or your day of birth.</li>
</ul>

<h2>Your choices</h2>
<p>You can say no. It does not change the care you get.</p>
{{ choices }}
<p>We look up all choices each time, before we hand anything on.</p>

<h2>When a choice does not apply</h2>
{{ exceptions }}

<h2>What we have handed on</h2>
<p>We show sizes in broad bands, so that no one can be picked out.</p>
{{ releases }}
<p>We kept to each choice that we knew of by then.</p>

<h2>Ask us</h2>
<p>{{ contact }}</p>
</main>
<footer>
<p>This page shows how things were on {{ date }}.</p>
</footer>
</body>
</html>
`;
