/** Domain suffix, application id. Public knowledge; one fact a line, sorted by id. */
export const hosts = `
# Google 126
google.com	126
googleapis.com	126
gstatic.com	126
`;
