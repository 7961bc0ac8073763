import { expect, test } from "vitest";
import { linkRewriter, rewritePageLinks } from "./proxy-links.ts";

const rewrite = linkRewriter({ prefix: "/api/proxy", own: "10.0.0.1:80", asked: "k8s:6443" });

test.each([
  ["/next?a=b#c", "/api/proxy/next?a=b#c"],
  ["/", "/api/proxy/"],
  ["next", "next"],
  ["#top", "#top"],
  ["//elsewhere/x", "//elsewhere/x"],
  ["https://elsewhere/x", "https://elsewhere/x"],
  ["http://10.0.0.1:80/x", "/api/proxy/x"],
  ["https://k8s:6443/x", "https://k8s:6443/api/proxy/x"],
  ["/api/proxy/x", "/api/proxy/x"],
  ["mailto:a@b", "mailto:a@b"],
])("the link %s becomes %s", (link, expected) => {
  expect(rewrite(link)).toBe(expected);
});

test.each([
  ['<a href="/x">/x</a>', '<a href="/api/proxy/x">/x</a>'],
  ["<IMG alt='>' SRC=/x.png>", "<IMG alt='>' SRC=/api/proxy/x.png>"],
  ['<p href="/x"><a title="/x">', '<p href="/x"><a title="/x">'],
  ['<!-- <a href="/x"> --><a href="/y">', '<!-- <a href="/x"> --><a href="/api/proxy/y">'],
  [
    `<script src="/s">'<a href="/x">'</script><a href="/y">`,
    `<script src="/api/proxy/s">'<a href="/x">'</script><a href="/api/proxy/y">`,
  ],
  ["1 < 2 and no tag <a href=/x", "1 < 2 and no tag <a href=/x"],
])("the page %s becomes %s", (page, expected) => {
  expect(rewritePageLinks(page, rewrite)).toBe(expected);
});

test("a page made to be slow is not", () => {
  const page = '<a "'.repeat(100_000) + "<a x".repeat(100_000);
  const began = performance.now();
  expect(rewritePageLinks(page, rewrite)).toBe(page);
  expect(performance.now() - began).toBeLessThan(1_000);
});
