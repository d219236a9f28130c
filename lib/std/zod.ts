/**
 * The package zod, in one place: `lib/` names each package by its version where it takes it in, so
 * that a program imports these modules by their path alone. docs/dependencies.md says why.
 *
 * @module
 */
export * from "npm:zod@4.6.7";
