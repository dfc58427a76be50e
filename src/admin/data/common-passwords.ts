/**
 * Words and passwords that guessing starts with: those that the published lists of leaked passwords share at their top,
 * and the defaults of network equipment. Lower case; a password counts as common too when it is one of these with digits
 * or signs around it, or two of them in a row.
 */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `password passwort passw pass passwd admin administrator root user guest default changeme change changeit secret login
  welcome letmein letme open sesame opensesame master access monkey dragon football baseball basketball hockey soccer
  superman batman starwars pokemon princess sunshine shadow michael jennifer jordan ashley daniel charlie thomas robert
  hunter killer trustno trustnoone iloveyou iloveu loveyou lovely love hello helloworld computer internet network router
  switch firewall server system security secure monitor ntopng ntop spanwatch raspberry raspberrypi raspbian debian ubuntu
  linux windows cisco ubnt ubiquiti mikrotik netgear linksys dlink tplink zyxel fritzbox huawei juniper fortinet paloalto
  qwerty qwertz azerty qwertyuiop qwertzuiop azertyuiop asdf asdfgh asdfghjkl yxcvbnm zxcvbn zxcvbnm qazwsx qazwsxedc
  qweasd qweasdzxc qaz wsx qwe asd zxc abc abcd abcde abcdef abcdefg abcdefgh abcdefghij test testing tester demo sample
  temp temporary example private public support service office company business summer winter spring autumn january
  february march april june july august september october november december monday tuesday wednesday thursday friday
  saturday sunday freedom whatever nothing please thankyou cheese chocolate cookie banana orange pepper ginger summer
  flower purple yellow silver golden diamond mustang ferrari porsche mercedes corvette harley yamaha liverpool arsenal
  chelsea barcelona realmadrid juventus google facebook amazon apple samsung microsoft youtube twitter instagram
  correcthorsebatterystaple letmeinnow letmeinplease iamadmin superuser sysadmin netadmin operator manager supervisor
  toor calvin alpine vagrant ansible nimda pa55word passphrase geheim hallo schatz ficken arschloch motdepasse bonjour
  soleil contrasena contraseña senha hola amor parola ciao wachtwoord haslo salasana losenord
  1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc zaq12wsx q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 a1b2c3d4 a1b2c3d4e5
  123qweasd 123qweasdzxc 1234qwerasdf 0987654321 1234567890 12345678910 0123456789 1029384756 1357924680 9876543210
  1122334455 147258369 741852963 789456123 987654321 123123123 123456789a 123456789q 12345qwert qwert12345 abc123456
  987654321a aa12345678 asdf123456 p@ssw0rd p@ssword passw0rd 3rjs1la7qe 1g2w3e4r gwerty123 zaq1zaq1 d1lakiss`
    .split(/\s+/)
    .filter((w) => w !== ''),
);
