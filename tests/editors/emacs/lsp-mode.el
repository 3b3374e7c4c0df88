;;; lsp-mode.el --- drive coderoute-ls by lsp-mode in batch  -*- lexical-binding: t -*-
;; Arguments: the set-up that is pasted, the file.
(require 'package)
(add-to-list 'package-directory-list "/usr/share/emacs/site-lisp/elpa")
(package-initialize)
(setq make-backup-files nil create-lockfiles nil vc-handled-backends nil
      lsp-auto-guess-root t lsp-session-file (make-temp-file "lsp-session") lsp-enable-file-watchers nil
      lsp-warn-no-matched-clients nil lsp-keep-workspace-alive nil lsp-enabled-clients '(coderoute)
      python-indent-guess-indent-offset nil)
(require 'lsp-mode)
(require 'python)
(require 'cl-lib)

(defun drive-wait (what found)
  (let ((end (+ (float-time) 40)) result)
    (while (and (not (setq result (funcall found))) (< (float-time) end))
      (accept-process-output nil 0.02))
    (or result (progn (princ (format "did not %s:\n%s" what (buffer-string))) (kill-emacs 1)))))

(pcase-let ((`(,setup ,file) command-line-args-left))
  (load setup nil t)
  (find-file file)
  (python-mode)
  (lsp-workspace-folders-add (file-name-directory file))
  (lsp)
  (drive-wait "connect" (lambda () (and (lsp-workspaces) (eq 'initialized (lsp--workspace-status (car (lsp-workspaces)))))))
  (goto-char (point-min))
  (lsp-execute-code-action
   (drive-wait "offer Refactor"  ; anew: the server may still be reading its settings
               (lambda ()
                 (cl-find-if (lambda (a) (string-prefix-p "Refactor (swift" (gethash "title" a))) (lsp-code-actions-at-point)))))
  (drive-wait "hold the new text" (lambda () (string-match-p "net = sum" (buffer-string))))
  (princ (buffer-string))
  (set-buffer-modified-p nil)
  (kill-emacs 0))
