-- Flushes of one job, joined into one undo step.
local M = {}

--- Change tick of the buffer after a job's last flush: joining is right only while nobody else changed anything.
local ticks = {}

local function refused(reason)
  return { applied = false, failureReason = reason }
end

--- Only a plain edit of one document can be joined; new files are Neovim's own business.
local function only_document(edit)
  local changes = edit.documentChanges or {}
  if #changes == 1 and changes[1].textDocument then
    return changes[1]
  end
end

--- Answers `coderoute/applyGroupedEdit`.
function M.apply(params, client)
  local change = only_document(params.edit)
  if not change then
    vim.lsp.util.apply_workspace_edit(params.edit, client.offset_encoding)
    return { applied = true }
  end
  local bufnr = vim.uri_to_bufnr(change.textDocument.uri)
  vim.fn.bufload(bufnr)
  local version = change.textDocument.version
  local current = vim.lsp.util.buf_versions[bufnr]
  if version ~= nil and version ~= vim.NIL and version ~= current then
    return refused(('The buffer is at version %s, the edit is for %s'):format(current, version))
  end
  if not vim.bo[bufnr].modifiable then
    return refused('The buffer cannot be modified')
  end
  vim.api.nvim_buf_call(bufnr, function()
    if not params.first and ticks[params.job] == vim.b.changedtick then
      pcall(vim.cmd.undojoin)
    elseif params.first then
      vim.cmd('let &l:undolevels = &l:undolevels') -- ends the undo step of whatever came before
    end
    vim.lsp.util.apply_text_edits(change.edits, bufnr, client.offset_encoding)
    ticks[params.job] = not params.last and vim.b.changedtick or nil
  end)
  return { applied = true }
end

return M
