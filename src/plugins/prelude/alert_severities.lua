-- The severities under the name of a module of their own, as later plugins ask for them.
return require("alert_consts").alert_severities
