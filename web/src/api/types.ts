import type * as Api from "./schema";

/** The types of the API that the dashboard speaks of, by the names it has for them. */

export type ProviderId = Api.ProviderId;
export type Status = Api.Status;
export type ActivityState = Api.ActivityState;
export type BillingMode = Api.BillingMode;
export type Exit = Api.Exit;
export type Session = Api.Session;
export type CreateSession = Api.CreateSessionRequest;
export type Listing = Api.DirectoriesResponse;
export type RecentDirectory = Api.RecentDirectory;
export type Provider = Api.Provider;
export type PolicySet = Api.PolicySet;
export type EnvSet = Api.EnvSet;
export type Workspace = Api.Workspace;
export type Worktree = Api.Worktree;
export type RiskClass = Api.RiskClass;
export type Permission = Api.Permission;
export type Approval = Api.Approval;
export type Decision = Api.Decision;
export type SessionEvent = Api.Event;
export type SentPrompt = Api.SentPrompt;
export type ConversationEntry = Api.ConversationEntry;
export type ConversationTool = Api.ConversationTool;
export type ConversationKind = Api.ConversationKind;
export type UsageCost = Api.UsageCost;
export type Tokens = Api.Tokens;
export type Found = Api.Found;
export type Workflow = Api.Workflow;
export type WorkflowTemplate = Api.WorkflowTemplate;
export type WorkflowProblem = Api.Problem;
export type WorkflowQuestion = Api.WorkflowQuestion;
export type PlannedList = Api.PlannedList;
export type PlannedStep = Api.PlannedStep;
export type Execution = Api.WorkflowExecution;
export type ExecutionStep = Api.WorkflowStep;
export type ExecutionStatus = Api.ExecutionStatus;
export type LogLine = Api.WorkflowLogLine;
export type AuthStatus = Api.AuthStatusResponse;
/** With the details that the dashboard reads. */
export type ErrorBody = Api.ErrorBody & { retryAfter?: number; approval?: Approval };

/** A browser's login; never called session, though the path of the API says so. */
export type SignIn = Api.SignInView;
