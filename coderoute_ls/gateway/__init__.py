"""One HTTP address on this machine for every AI tool: the same selector, ledger, budget and reasons as in the editor. The only
package that serves HTTP; it needs the extra ``gateway``."""
