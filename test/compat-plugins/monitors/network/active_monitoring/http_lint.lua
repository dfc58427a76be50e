local script = {}
function script.getAdditionalParameters(http_lint)
  return {
    ["am_host"] = { http_lint.webhookCleanup, http_lint.validateUnquoted },
    ["threshold"] = http_lint.validateEmptyOr(http_lint.validateNumber),
  }
end
return script
