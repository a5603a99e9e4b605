import { UsageError } from "../base/errors.ts";

const REASONS: Record<string, string> = {
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left on the disk",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than is allowed here",
  ENOTDIR: "a part of the path is not a directory",
  EISDIR: "it is a directory",
  EEXIST: "it exists already and is no directory",
  ENOENT: "there is no such file or directory",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "too many symbolic links",
  EMFILE: "too many open files",
};

/** A file error that the user can mend, in one line; anything else is passed on as it is. */
export function ioError(action: string, path: string, error: unknown, next?: string): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason = REASONS[code];
  if (reason === undefined) return error;
  return new UsageError(`cannot ${action} ${path}: ${reason}${next ? `; ${next}` : ""}`);
}
