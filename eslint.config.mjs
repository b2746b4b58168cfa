import comments from "@eslint-community/eslint-plugin-eslint-comments/configs";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

const tests = [
  "**/*.test.ts",
  "**/test/**/*.ts",
  "packages/testing/**/*.ts",
  "e2e/**/*.ts",
];

export default defineConfig(
  {
    ignores: [
      "**/node_modules/",
      "**/generated/",
      "**/.cache/",
      "**/.data/",
      "**/coverage/",
    ],
  },
  comments.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@eslint-community/eslint-comments/require-description": "error",
      "max-lines": ["error", { max: 250 }],
      "max-lines-per-function": [
        "error",
        { max: 40, skipBlankLines: true, skipComments: true },
      ],
      eqeqeq: "error",
      "no-console": "error",
    },
  },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      // Sources that are run as they are have no enums to look for.
      "@typescript-eslint/no-unsafe-enum-assignment": "off",
      "@typescript-eslint/no-unsafe-enum-comparison": "off",
      // Ports are types, not classes: their methods have no `this` to lose.
      "@typescript-eslint/unbound-method": "off",
      // A port that returns a promise may be met without awaiting anything.
      "@typescript-eslint/require-await": "off",
      // Rows are typed where they are asked for: `query<Row>(…)`.
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      "@typescript-eslint/no-unused-vars": [
        "error",
        {
          argsIgnorePattern: "^_",
          varsIgnorePattern: "^_",
          ignoreRestSiblings: true,
        },
      ],
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true },
      ],
      "@typescript-eslint/no-unnecessary-condition": [
        "error",
        { allowConstantLoopConditions: "only-allowed-literals" },
      ],
    },
  },
  {
    files: tests,
    rules: {
      "max-lines-per-function": "off",
      "max-lines": "off",
      // Answers of the system under test are read as they come; an assertion on them is the check.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  {
    // These speak to a person at a terminal.
    files: ["scripts/**", "e2e/**", "apps/all-in-one/**"],
    rules: { "no-console": "off" },
  },
);
