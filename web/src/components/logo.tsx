/** The mark of CodePiper. */
export function Logo({ className = "size-7" }: { className?: string }) {
  return (
    <svg viewBox="0 0 512 512" className={className} aria-hidden>
      <rect width="512" height="512" rx="112" fill="#0f2b27" />
      <g fill="none" strokeWidth="44" strokeLinecap="round" strokeLinejoin="round">
        <path d="M136 168l88 88-88 88" stroke="#5fe0c4" />
        <path d="M272 344h104V168" stroke="#f4f7f5" />
      </g>
      <circle cx="376" cy="168" r="34" fill="#f2b84b" />
    </svg>
  );
}
