return {
  getAdditionalParameters = function(http_lint)
    return { webhook_url = { http_lint.webhookCleanup, http_lint.validateUnquoted }, webhook_username = http_lint.validateEmptyOr(http_lint.validateSingleWord) }
  end,
}
